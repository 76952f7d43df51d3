"""The schema of a library, as numbered steps. Append only: a step that has landed is never edited."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Protocol

from indexer.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS_TABLE = "_sqlite_migrations"  # sqlite-utils' own
SET = "clipsearch"


class Schema(Protocol):
    """What a step changes: a database, ours or sqlite-utils'."""

    def execute(self, sql: str, values: Any = (), /) -> Any:
        """Execute one statement."""


_steps: dict[str, Callable[[Any], None]] = {}


def step(function: Callable[[Schema], None]) -> Callable[[Schema], None]:
    """Make a function a step of the same name."""
    _steps[function.__name__] = function
    return function


def step_names() -> set[str]:
    """Return the names of all steps that this version knows."""
    return set(_steps)


def applied(db: Database) -> set[str]:
    """Return the names of the steps that were applied to a database.

    This runs at every start, and so without sqlite-utils: importing that takes longer than a query.
    """
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [STEPS_TABLE]).fetchone() is None:
        return set()
    return {row[0] for row in db.execute(f"SELECT name FROM {STEPS_TABLE} WHERE migration_set = ?", [SET])}


def migrate(db: Database) -> None:
    """Apply the steps that are missing in a database, all or none."""
    import sqlite_utils

    migrations = sqlite_utils.Migrations(SET)
    for missing in _steps.values():
        migrations()(missing)
    with db.writing():
        migrations.apply(
            sqlite_utils.Database(db.conn)
        )  # checks again what is missing, now that no other process can write


@step
def m001_pictures(db: Schema) -> None:
    """Roots and the pictures below them.

    `path` is for people; where a name is not UTF-8, `path_bytes` holds its bytes and `path` only shows
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
def m002_models_and_embeddings(db: Schema) -> None:
    """Models, picture embeddings (little-endian fp16) and the cache of text embeddings (little-endian fp32).

    `generation` counts the changes to a model's picture embeddings, so that a FAISS file can tell that it is
    stale. Triggers update it, whoever writes. At most one model is active: the one that answers queries.
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
def m003_labels(db: Schema) -> None:
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
def m004_faiss_files(db: Schema) -> None:
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
def m005_identity_and_metadata(db: Schema) -> None:
    """What identifies a picture when its file moves, and what its metadata says.

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
def m006_failures(db: Schema) -> None:
    """Files that can't be indexed, with the signature they had then: not tried again until it changes."""
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
def m007_scan_rules(db: Schema) -> None:
    """What a root leaves out: gitignore patterns (a JSON list), and whether hidden files and links are taken."""
    db.execute("ALTER TABLE roots ADD COLUMN exclude TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE roots ADD COLUMN include_hidden INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE roots ADD COLUMN follow_links INTEGER NOT NULL DEFAULT 0")


@step
def m008_index_files(db: Schema) -> None:
    """The compressed FAISS file of a large library, what has changed since it was made, and the embeddings' spread.

    A file holds the embeddings of one generation. From the moment that its row is there (`name` is NULL while the
    first file is being built) the triggers record each later change, so that a file stays in use together with the
    changes and is built anew only when they have become many. `spreads` has the mean (little-endian fp32) and the
    covariance (fp32, row by row) of a sample.
    """
    db.execute("DROP TABLE faiss_files")
    db.execute("""
        CREATE TABLE index_files (
            model INTEGER PRIMARY KEY REFERENCES models(id) ON DELETE CASCADE,
            name TEXT,
            generation INTEGER NOT NULL DEFAULT 0,
            rows INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0,
            crc32 INTEGER NOT NULL DEFAULT 0,
            trained_rows INTEGER NOT NULL DEFAULT 0,
            lists INTEGER NOT NULL DEFAULT 0,
            probes INTEGER NOT NULL DEFAULT 0,
            depth INTEGER NOT NULL DEFAULT 0,
            recall REAL NOT NULL DEFAULT 0,
            measured_rows INTEGER NOT NULL DEFAULT 0,
            imbalance REAL NOT NULL DEFAULT 1,
            built_at TEXT
        )""")
    db.execute("""
        CREATE TABLE index_changes (
            model INTEGER NOT NULL,
            image INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            PRIMARY KEY (model, image)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE spreads (
            model INTEGER PRIMARY KEY REFERENCES models(id) ON DELETE CASCADE,
            rows INTEGER NOT NULL,
            mean BLOB NOT NULL,
            covariance BLOB NOT NULL
        )""")
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        db.execute(f"DROP TRIGGER embeddings_{event.lower()}")
        db.execute(f"""
            CREATE TRIGGER embeddings_{event.lower()} AFTER {event} ON embeddings BEGIN
                UPDATE models SET generation = generation + 1 WHERE id = {row}.model;
                INSERT INTO index_changes (model, image, generation)
                    SELECT m.id, {row}.image, m.generation FROM models m JOIN index_files f ON f.model = m.id
                    WHERE m.id = {row}.model
                    ON CONFLICT (model, image) DO UPDATE SET generation = excluded.generation;
            END""")
    db.execute("""
        CREATE TRIGGER index_files_delete AFTER DELETE ON index_files BEGIN
            DELETE FROM index_changes WHERE model = OLD.model;
        END""")


@step
def m009_exact_texts(db: Schema) -> None:
    """Whether a text's embedding is the encoder's own (1) or that of a text tower with fewer bits (0)."""
    db.execute("ALTER TABLE texts ADD COLUMN exact INTEGER NOT NULL DEFAULT 1")


@step
def m010_filter_indexes(db: Schema) -> None:
    """Indexes that answer filters without reading the pictures' rows; see search/filters/conditions.py.

    Together they take about 110 bytes for a picture that has all of it (benchmarks/filters.py).
    """
    db.execute("CREATE INDEX images_taken_at ON images (taken_at) WHERE taken_at IS NOT NULL")
    db.execute("CREATE INDEX images_place ON images (latitude, longitude) WHERE latitude IS NOT NULL")
    db.execute("CREATE INDEX images_camera ON images (ifnull(camera_make, '') || ' ' || ifnull(camera_model, ''))")
    db.execute("CREATE INDEX images_type ON images (format, width, height)")
    db.execute("CREATE INDEX labels_class ON labels (class, image)")


@step
def m011_perceptual_hash(db: Schema) -> None:
    """A perceptual hash of 256 bits of each still; a row from before this step gets it when it is first needed."""
    db.execute("ALTER TABLE images ADD COLUMN perceptual_hash BLOB")


@step
def m012_label_sets(db: Schema) -> None:
    """Label sets with a name and all that made them; a picture may now have several labels in a set.

    `kind` is "softmax" (one label a picture) or "multi"; `classes` and `templates` are JSON. `recipe` is a hash of what
    decides the labels: a set with another recipe is labelled again. Sets from before this step have none.
    """
    db.execute("CREATE TABLE old_labels AS SELECT label_set, image, class, probability FROM labels")
    db.execute("DROP TABLE labels")  # before label_sets, whose rows would take the labels along
    db.execute("ALTER TABLE label_sets RENAME TO old_sets")
    db.execute("""
        CREATE TABLE label_sets (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            model INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            kind TEXT NOT NULL DEFAULT 'softmax',
            classes TEXT NOT NULL,
            templates TEXT NOT NULL,
            other INTEGER NOT NULL DEFAULT 0,
            threshold REAL NOT NULL DEFAULT 0,
            temperature REAL NOT NULL DEFAULT 1,
            recipe TEXT NOT NULL DEFAULT '',
            labelled_at TEXT NOT NULL
        )""")
    for row in db.execute("SELECT id, model, classes, template, labelled_at FROM old_sets ORDER BY id").fetchall():
        _keep_old_set(db, *row)
    db.execute("""
        CREATE TABLE labels (
            label_set INTEGER NOT NULL REFERENCES label_sets(id) ON DELETE CASCADE,
            image INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
            class TEXT NOT NULL,
            probability REAL NOT NULL,
            PRIMARY KEY (label_set, image, class)
        ) WITHOUT ROWID""")
    db.execute("INSERT INTO labels SELECT label_set, image, class, probability FROM old_labels")
    db.execute("DROP TABLE old_labels")
    db.execute("DROP TABLE old_sets")
    db.execute("CREATE INDEX labels_image ON labels (image)")
    db.execute("CREATE INDEX labels_class ON labels (class, image)")


def _keep_old_set(db: Schema, id: int, model: int, classes: str, template: str, labelled_at: str) -> None:
    """Give a set from before m012 a name of its own: its classes."""
    names = json.loads(classes)
    taken = {row[0] for row in db.execute("SELECT name FROM label_sets")}
    wanted = ",".join(names)
    candidates = itertools.chain([wanted], map(f"{wanted} ({{}})".format, itertools.count(2)))
    name = next(candidate for candidate in candidates if candidate not in taken)
    described = json.dumps([{"name": class_, "prompts": [class_]} for class_ in names], ensure_ascii=False)
    db.execute(
        "INSERT INTO label_sets (id, name, model, classes, templates, labelled_at) VALUES (?, ?, ?, ?, ?, ?)",
        [id, name, model, described, json.dumps([template], ensure_ascii=False), labelled_at],
    )


@step
def m013_temperature(db: Schema) -> None:
    """What a model's logits are divided by before they become probabilities; NULL where it was not calibrated."""
    db.execute("ALTER TABLE models ADD COLUMN temperature REAL")


@step
def m014_up_to_date_roots(db: Schema) -> None:
    """The hash of a root's files when a run last found nothing to do (indexing/listing.py).

    It becomes NULL with the first change to the stored pictures or failures of the root.
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


@step
def m015_exported_label_sets(db: Schema) -> None:
    """The name of a label set in sidecars: the one under which it was first exported; NULL if it is in none."""
    db.execute("ALTER TABLE label_sets ADD COLUMN exported_as TEXT")


@step
def m016_taken_from(db: Schema) -> None:
    """Where the time of a picture is from (indexer/metadata/metadata.py: SOURCES), and its milliseconds.

    From this step on `taken_at` may end after the year, the month or the day, if no more is known, and there are no
    half places. Rows from before it have neither source nor milliseconds until their file is encoded again.
    """
    db.execute("ALTER TABLE images ADD COLUMN taken_from TEXT")
    db.execute("ALTER TABLE images ADD COLUMN taken_ms INTEGER")
    half = "(latitude IS NULL) != (longitude IS NULL)"
    db.execute(f"UPDATE images SET latitude = NULL, longitude = NULL WHERE {half}")


@step
def m017_comparisons(db: Schema) -> None:
    """How two files compare by what they show (search/duplicates/comparisons.py), by the hashes of their bytes.

    `kind` is NULL for files that show something else; rows of another method count for nothing.
    """
    db.execute("""
        CREATE TABLE comparisons (
            better BLOB NOT NULL,
            worse BLOB NOT NULL,
            method INTEGER NOT NULL,
            kind TEXT,
            PRIMARY KEY (better, worse)
        ) WITHOUT ROWID""")


@step
def m018_ctime(db: Schema) -> None:
    """When a file was last changed in any way, which shows edits that keep its size and time stamp.

    NULL in rows from before this step: the next run takes the value over as it is, without reading the file.
    """
    for table in ("images", "failures"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN ctime_ns INTEGER")
        db.execute(f"DROP TRIGGER {table}_update")
        db.execute(f"""
            CREATE TRIGGER {table}_update
            AFTER UPDATE OF root, path, path_bytes, size, mtime_ns, ctime_ns ON {table} BEGIN
                UPDATE roots SET up_to_date = NULL
                WHERE up_to_date IS NOT NULL AND id IN (OLD.root, NEW.root);
            END""")


@step
def m019_notes(db: Schema) -> None:
    """What of a picture's file could not be read, though its pixels could; NULL if there is nothing to say.

    A failure that is not `lasting` is not the file's own, and each run tries that again. Files that could not be read
    before this step are all tried again: decoding has learnt of more kinds of them.
    """
    db.execute("ALTER TABLE images ADD COLUMN note TEXT")
    db.execute("ALTER TABLE failures ADD COLUMN lasting INTEGER NOT NULL DEFAULT 1")
    db.execute("UPDATE failures SET lasting = 0")
    db.execute("UPDATE roots SET up_to_date = NULL")


@step
def m020_precision(db: Schema) -> None:
    """What a picture's embedding was computed in ("fp32", "bf16", "fp16", "int8"; NULL in rows from before this step).

    `models.int8` says whether int8 was taken for this library's pictures, and why (library_model/judging.py), as JSON;
    it is NULL while that is open.
    """
    db.execute("ALTER TABLE embeddings ADD COLUMN precision TEXT")
    db.execute("CREATE INDEX embeddings_precision ON embeddings (model, precision)")  # to count without the vectors
    db.execute("ALTER TABLE models ADD COLUMN int8 TEXT")


@step
def m021_verified(db: Schema) -> None:
    """The generation at which all embeddings of a model were last found sound; NULL if that is not known.

    `index_files.xxh3` is the XXH3-128 of the file, which is looked at whenever it is opened; a file from before this
    step has none, and is known by its CRC-32.
    """
    db.execute("ALTER TABLE models ADD COLUMN verified INTEGER")
    db.execute("ALTER TABLE index_files ADD COLUMN xxh3 BLOB")


@step
def m022_drafts(db: Schema) -> None:
    """Whether a label set is a draft, of which only the newest are kept; all from before this step are kept."""
    db.execute("ALTER TABLE label_sets ADD COLUMN draft INTEGER NOT NULL DEFAULT 0")


@step
def m023_corrections(db: Schema) -> None:
    """What a person said of pictures: nothing is ever removed from it but with its label set.

    `correction_acts` are the statements: `labels` (JSON; none of the classes: []) of a set whose recipe and `classes`
    (JSON) were these then. `corrections` are the pictures of each, with the model's labels `before`, as JSON of [class,
    probability]. One of a picture's statements in a set stands. A picture that is gone leaves `image` NULL; one with
    the same bytes gets it back. `labels.act` is the act that a label is from; it is NULL in the model's labels.
    """
    db.execute("""
        CREATE TABLE correction_acts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            label_set INTEGER NOT NULL REFERENCES label_sets(id) ON DELETE CASCADE,
            labels TEXT NOT NULL,
            classes TEXT NOT NULL,
            recipe TEXT NOT NULL,
            said_by TEXT NOT NULL,
            said_at TEXT NOT NULL,
            undone_at TEXT
        )""")
    db.execute("CREATE INDEX correction_acts_set ON correction_acts (label_set)")
    db.execute("""
        CREATE TABLE corrections (
            id INTEGER PRIMARY KEY,
            act INTEGER NOT NULL REFERENCES correction_acts(id) ON DELETE CASCADE,
            label_set INTEGER NOT NULL REFERENCES label_sets(id) ON DELETE CASCADE,
            image INTEGER REFERENCES images(id) ON DELETE SET NULL,
            content_hash BLOB,
            at_ms INTEGER NOT NULL,
            before TEXT NOT NULL,
            standing INTEGER NOT NULL
        )""")
    db.execute("CREATE INDEX corrections_act ON corrections (act)")
    db.execute("CREATE INDEX corrections_image ON corrections (image)")
    db.execute("CREATE UNIQUE INDEX corrections_standing ON corrections (label_set, image) WHERE standing")
    db.execute("CREATE INDEX corrections_away ON corrections (content_hash) WHERE image IS NULL")
    db.execute("ALTER TABLE labels ADD COLUMN act INTEGER")


@step
def m024_changes(db: Schema) -> None:
    """What tells whether pictures or labels have changed, whoever wrote: a random number each, new with every change.

    What is kept of a library elsewhere (search/columns/state.py) names the numbers that it was made from. A counter
    would come to the same number again in a copy of the library, or one that was put back.
    """
    db.execute("CREATE TABLE changes (pictures INTEGER NOT NULL, labels INTEGER NOT NULL)")
    db.execute("INSERT INTO changes (pictures, labels) VALUES (random(), random())")
    file = "root, path, path_bytes, at_ms, size, width, height, format, content_hash"
    for table, column, of in (
        ("images", "pictures", f" OF {file}, taken_at, camera_make, camera_model, latitude, longitude"),
        ("labels", "labels", ""),
    ):
        for event in ("INSERT", "UPDATE", "DELETE"):
            db.execute(f"""
                CREATE TRIGGER {table}_changed_{event.lower()}
                AFTER {event}{of if event == "UPDATE" else ""} ON {table} BEGIN
                    UPDATE changes SET {column} = random();
                END""")


@step
def m025_said(db: Schema) -> None:
    """An index of the labels that a person gave: they are read with every correction, and are few among many."""
    db.execute("CREATE INDEX labels_said ON labels (label_set, class) WHERE act IS NOT NULL")
