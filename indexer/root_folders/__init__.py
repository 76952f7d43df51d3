"""The roots as a person names them: found by path, added, moved, and how a sentence tells of one."""
