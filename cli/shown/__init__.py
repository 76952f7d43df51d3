"""What a terminal shows of results: short paths that can be copied, local times, columns with words above them."""
