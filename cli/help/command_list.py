"""All commands with what they do, in the order of work; so that none is imported to be listed."""

from __future__ import annotations

WORK = (  # what help begins with
    ("clipsearch index ~/Photos", "take in the pictures of a folder, once"),
    ("clipsearch query red envelope", "find those that match, best first"),
    ("clipsearch label --classes cup,car", "label each: cup, car or other"),
)
COMMANDS = {  # each command is in the module of cli.commands that is called like it
    "Find pictures": {
        "index": "Take in the pictures of one or more folders.",
        "query": "Find the pictures that match a text.",
        "similar": "Find the pictures most like one picture.",
        "duplicates": "List pictures that are the same, or nearly.",
        "serve": "Show the library on a page in the browser.",
        "mcp": "Serve the library to an assistant, over MCP.",
    },
    "Label them": {
        "label": "Give each picture the most probable of your classes.",
        "labels": "List, show, correct, keep, rename or remove label sets.",
        "export-labels": "Write labels into XMP sidecars, folders or lists.",
        "export-dataset": "Write pictures and labels as a data set to train on.",
        "eval": "Measure how right labels and queries are.",
    },
    "Use the embeddings elsewhere": {
        "export-embeddings": "Write the embeddings into a file for other programs.",
        "import-embeddings": "Take embeddings in that were made before.",
    },
    "Look after the library": {
        "watch": "Index folders, and go on as they change.",
        "roots": "List, add, move or remove the library's folders.",
        "failures": "List the files that could not be indexed, and why.",
        "info": "Show the library's model, counts, sizes and folders.",
        "optimize": "Make the library small and fast again.",
        "check": "Check everything that the library holds, and repair it.",
        "undo": "Take back what was copied, linked or exported.",
        "completion": "Let the shell complete commands, options and names.",
    },
}
SUMMARIES = {name: summary for group in COMMANDS.values() for name, summary in group.items()}
