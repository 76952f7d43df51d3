"""The schema of a library, as numbered steps. Append only: a step that has landed is never edited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from indexer.database import Database

STEPS_TABLE = "_sqlite_migrations"  # as sqlite-utils has it, so that `sqlite-utils migrate --list` can show it
SET = "clipsearch"

Step = Callable[[Database], None]
_steps: dict[str, Step] = {}


def step(function: Step) -> Step:
    """Make a function a step, named as it is."""
    _steps[function.__name__] = function
    return function


def step_names() -> set[str]:
    """Return the names of all the steps that this version knows."""
    return set(_steps)


def applied(db: Database) -> set[str]:
    """Return the names of the steps that a database has gone through."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [STEPS_TABLE]).fetchone() is None:
        return set()
    return {row[0] for row in db.execute(f"SELECT name FROM {STEPS_TABLE} WHERE migration_set = ?", [SET])}


def migrate(db: Database) -> None:
    """Take the steps that a database has not gone through, all or none."""
    with db.writing():
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {STEPS_TABLE}"
            " (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"
        )
        db.execute(
            f"CREATE UNIQUE INDEX IF NOT EXISTS idx_{STEPS_TABLE}_migration_set_name"
            f" ON {STEPS_TABLE} (migration_set, name)"
        )
        done = applied(db)  # asked for only now, when no other process can write
        for name, take in _steps.items():
            if name not in done:
                take(db)
                at = str(datetime.now(timezone.utc))
                db.execute(
                    f"INSERT INTO {STEPS_TABLE} (migration_set, name, applied_at) VALUES (?, ?, ?)", [SET, name, at]
                )


@step
def m001_pictures(db: Database) -> None:
    """Roots and the pictures below them.

    `path` is for people; where a name is not UTF-8, `path_bytes` holds its very bytes and `path` only shows
    them escaped. Ids are never reused, so that an old FAISS file can't name another picture.
    """
    db.execute("""
        CREATE TABLE roots (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL,
            path_bytes BLOB,
            added_at TEXT NOT NULL,
            indexed_at TEXT
        )""")
    db.execute("CREATE UNIQUE INDEX roots_path ON roots (ifnull(path_bytes, path))")
    db.execute("""
        CREATE TABLE images (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            root INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            path_bytes BLOB,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            format TEXT NOT NULL,
            indexed_at TEXT NOT NULL
        )""")
    db.execute("CREATE UNIQUE INDEX images_root_path ON images (root, ifnull(path_bytes, path))")


@step
def m002_models_and_embeddings(db: Database) -> None:
    """Models, picture embeddings (little-endian fp16) and the cache of text embeddings (little-endian fp32).

    `generation` counts the changes to a model's picture embeddings, so that a FAISS file can tell that it is
    stale. Triggers keep it, whoever writes. At most one model is active: the one that answers queries.
    """
    db.execute("""
        CREATE TABLE models (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            fingerprint TEXT NOT NULL UNIQUE,
            dim INTEGER NOT NULL,
            logit_scale REAL NOT NULL,
            logit_bias REAL,
            active INTEGER NOT NULL DEFAULT 0,
            generation INTEGER NOT NULL DEFAULT 0,
            added_at TEXT NOT NULL
        )""")
    db.execute("CREATE UNIQUE INDEX models_active ON models (active) WHERE active = 1")
    db.execute("""
        CREATE TABLE embeddings (
            image INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
            model INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            vector BLOB NOT NULL,
            PRIMARY KEY (image, model)
        )""")
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        db.execute(f"""
            CREATE TRIGGER embeddings_{event.lower()} AFTER {event} ON embeddings BEGIN
                UPDATE models SET generation = generation + 1 WHERE id = {row}.model;
            END""")
    db.execute("""
        CREATE TABLE texts (
            model INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            text TEXT NOT NULL,
            vector BLOB NOT NULL,
            PRIMARY KEY (model, text)
        )""")


@step
def m003_labels(db: Database) -> None:
    """What `label` found: one row per picture and set of classes."""
    db.execute("""
        CREATE TABLE label_sets (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            model INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            classes TEXT NOT NULL,
            template TEXT NOT NULL,
            labelled_at TEXT NOT NULL,
            UNIQUE (model, classes, template)
        )""")
    db.execute("""
        CREATE TABLE labels (
            label_set INTEGER NOT NULL REFERENCES label_sets(id) ON DELETE CASCADE,
            image INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
            class TEXT NOT NULL,
            probability REAL NOT NULL,
            PRIMARY KEY (label_set, image)
        )""")
    db.execute("CREATE INDEX labels_image ON labels (image)")


@step
def m004_faiss_files(db: Database) -> None:
    """What the FAISS file of a model should look like: which generation it holds, its rows, bytes and CRC-32."""
    db.execute("""
        CREATE TABLE faiss_files (
            model INTEGER PRIMARY KEY REFERENCES models(id) ON DELETE CASCADE,
            generation INTEGER NOT NULL,
            rows INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            crc32 INTEGER NOT NULL
        )""")


@step
def m005_identity_and_metadata(db: Database) -> None:
    """What a picture is known by when its file moves, and what its metadata says.

    `content_hash` is the XXH3-128 of the whole file; a row from before this step has none and is read again once.
    `at_ms` is the time of a moment in a video, 0 for a still: a video has a row for each of its moments.
    `taken_at` is ISO 8601, with the offset from UTC where the picture gives one.
    """
    for column in (
        "content_hash BLOB",
        "at_ms INTEGER NOT NULL DEFAULT 0",
        "taken_at TEXT",
        "camera_make TEXT",
        "camera_model TEXT",
        "lens TEXT",
        "latitude REAL",
        "longitude REAL",
        "orientation INTEGER",
    ):
        db.execute(f"ALTER TABLE images ADD COLUMN {column}")
    db.execute("DROP INDEX images_root_path")
    db.execute("CREATE UNIQUE INDEX images_root_path ON images (root, ifnull(path_bytes, path), at_ms)")
    db.execute("CREATE INDEX images_content ON images (size, content_hash)")


@step
def m006_failures(db: Database) -> None:
    """Files that can't be indexed, with the signature at which that was so: not tried again until it changes."""
    db.execute("""
        CREATE TABLE failures (
            id INTEGER PRIMARY KEY,
            root INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            path_bytes BLOB,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            reason TEXT NOT NULL,
            failed_at TEXT NOT NULL
        )""")
    db.execute("CREATE UNIQUE INDEX failures_root_path ON failures (root, ifnull(path_bytes, path))")


@step
def m007_scan_rules(db: Database) -> None:
    """What a root leaves out: gitignore patterns (a JSON list), and whether hidden files and links are taken."""
    db.execute("ALTER TABLE roots ADD COLUMN exclude TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE roots ADD COLUMN include_hidden INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE roots ADD COLUMN follow_links INTEGER NOT NULL DEFAULT 0")


@step
def m009_up_to_date_roots(db: Database) -> None:
    """The hash of the files of a root with which there was nothing to do (listing.py).

    It is NULL from the first change on to what is known of the root's pictures and failures.
    """
    db.execute("ALTER TABLE roots ADD COLUMN up_to_date BLOB")
    forget = "UPDATE roots SET up_to_date = NULL WHERE up_to_date IS NOT NULL AND id"
    for table in ("images", "failures"):
        db.execute(f"""
            CREATE TRIGGER {table}_insert AFTER INSERT ON {table} BEGIN
                {forget} = NEW.root;
            END""")
        db.execute(f"""
            CREATE TRIGGER {table}_delete AFTER DELETE ON {table} BEGIN
                {forget} = OLD.root;
            END""")
        db.execute(f"""
            CREATE TRIGGER {table}_update AFTER UPDATE OF root, path, path_bytes, size, mtime_ns ON {table} BEGIN
                {forget} IN (OLD.root, NEW.root);
            END""")
