"""Results for other programs: folders of copies or links, lists of labels, a contact sheet."""
