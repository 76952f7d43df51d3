"""The prompts of the three commonest jobs: what a person picks in an assistant's program instead of writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from server.agent_tools.agent import Agent

FIND = """\
Find these photos in my library and show them to me: {what}

1. Call search_photos with a short description in plain words of what the photos show. Give dates, {places}cameras,
   folders and labels as filters, and what must not be in them as minus. If you don't know what the library has, or in
   which language its model understands queries, call library_overview first.
2. Look at the best hits with contact_sheet, and at one that is hard to tell with view_photo, before you describe them.
3. Tell me how many photos match, as search_photos says it, and show them with their file names. If nothing matches,
   say so first; then you may show the nearest as what they are, and try other words. Don't call weaker hits found.
4. If there are more pages, say how many are left and ask whether I want them.
"""
SORT = """\
Sort my photos into these classes: {classes}
Which photos: {among}

1. Call library_overview to see what is there and what the model can tell apart, and say if these classes are beyond it.
2. Call label_preview with the classes. Give a class whose name has several meanings a prompt: "crane=a tower crane".
3. Look at some examples of each class and at the uncertain ones with contact_sheet. Where many are wrong, change the
   words of the classes, or add photos as examples, and preview again.
4. Tell me the counts, what is uncertain, and which mistakes you saw. {save}
"""
SAVE = (
    "Ask me under which name to keep the labels; only when I have agreed, call save_labels with the same classes, and"
    " correct_label for photos that I tell you are wrong."
)
NOT_SAVED = (
    "This server only reads, so nothing can be kept: tell me the classes as they should be, for clipsearch label."
)
TIDY = """\
Help me see which duplicate photos could go. Which photos: {among}

1. Call find_duplicates, page by page; it may take minutes the first time.
2. Tell me how many groups there are, how many files could go without a loss, and how much room that frees. Then list
   the groups: the one to keep with the reason, and the spare ones with their paths. Name others of a group, such as
   cropped or edited ones, apart: they are not spare.
3. Where I am unsure, show me a group with contact_sheet.
Never delete or move anything, whatever program you have for it: I do that myself with the list, such as by
clipsearch duplicates --others.
"""
ALL = "all of them"

What = Annotated[str, Field(max_length=500, description="what the photos show, when or where they were taken, …")]
Listed = Annotated[str, Field(max_length=2_000, description="the classes, separated by commas: cup, car, flower")]
Among = Annotated[str, Field(max_length=500, description="which photos, such as those of 2023; all if it is left out")]


def add_prompts(server: MCPServer, agent: Agent) -> None:
    """Give a server the prompts."""

    @server.prompt(title="Find photos", description="Find photos, look at them, and say plainly what matches")
    def find_photos(what: What) -> str:
        return FIND.format(what=what, places="places, " if agent.places else "")

    @server.prompt(title="Sort photos into classes", description="Try classes on photos before labels are kept")
    def sort_into_classes(classes: Listed, among: Among = "") -> str:
        save = SAVE if agent.allow_write else NOT_SAVED
        return SORT.format(classes=classes, among=among.strip() or ALL, save=save)

    @server.prompt(title="Tidy duplicates", description="List which duplicates could go; nothing is deleted")
    def tidy_duplicates(among: Among = "") -> str:
        return TIDY.format(among=among.strip() or ALL)
