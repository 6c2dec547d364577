"""The committed style sheets are whole, are what the sources give, and carry nothing foreign."""

import gzip
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.need import need
from tracker.web.charts import contrast

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "tracker" / "web" / "static"
FRONTEND = ROOT / "scripts" / "frontend"
MANIFEST: dict[str, Any] = json.loads((STATIC / "MANIFEST.json").read_text(encoding="utf-8"))
FONT = MANIFEST["names"]["uyghur.woff2"]
PACKED = [hashed for hashed in MANIFEST["names"].values() if hashed != FONT]
"""A font is compressed by its form."""
SHEETS = ["kit.css", "kit.rtl.css", "family.css", "staff.css"]


def sheet(logical: str) -> str:
    return (STATIC / MANIFEST["names"][logical]).read_text(encoding="utf-8")


def built_by(folder: Path) -> set[str]:
    """What the build writes: files named by their content, and licences."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and (re.search(r"-[0-9a-f]{12}\.", path.name) or path.parent.name == "LICENSES")
    }


def test_every_file_is_listed_with_its_hash_and_none_is_left_over() -> None:
    assert built_by(STATIC) == set(MANIFEST["files"])
    for name, digest in MANIFEST["files"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


def test_names_carry_the_hash_of_their_content() -> None:
    """A changed file gets a new address, so browsers may keep the old one for ever."""
    for logical, hashed in MANIFEST["names"].items():
        digest = MANIFEST["files"][hashed]
        stem, suffix = logical.split(".", 1)
        assert hashed == f"{stem}-{digest[:12]}.{suffix}"
    assert set(SHEETS) < set(MANIFEST["names"])


def test_gzip_siblings_hold_the_same_bytes() -> None:
    for hashed in PACKED:
        plain = (STATIC / hashed).read_bytes()
        assert gzip.decompress((STATIC / f"{hashed}.gz").read_bytes()) == plain
        assert 0 < (STATIC / f"{hashed}.br").stat().st_size < max(len(plain), 200)


def test_brotli_siblings_hold_the_same_bytes() -> None:
    node = need("node")
    script = (
        "const z=require('zlib'),f=require('fs');for(const n of process.argv.slice(1))"
        "if(!z.brotliDecompressSync(f.readFileSync(n+'.br')).equals(f.readFileSync(n)))"
        "{console.log(n);process.exit(1)}"
    )
    files = [str(STATIC / hashed) for hashed in PACKED]
    done = subprocess.run([node, "-e", script, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_sources_give_exactly_the_committed_files(tmp_path: Path) -> None:
    node = need("node")
    if not (FRONTEND / "node_modules").is_dir() and os.environ.get("TRACKER_TEST_REQUIRE") != "all":
        pytest.skip(
            "the packages of scripts/frontend are not installed: run scripts/frontend/build"
        )
    path = f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(FRONTEND / "build"), str(tmp_path)],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads((tmp_path / "MANIFEST.json").read_text(encoding="utf-8"))
    # Compressed bytes may differ between releases of node; what they hold is compared above.
    assert made["names"] == MANIFEST["names"]
    assert made["made_with"] == MANIFEST["made_with"]
    for hashed in made["names"].values():
        assert (tmp_path / hashed).read_bytes() == (STATIC / hashed).read_bytes()


@pytest.mark.parametrize("logical", SHEETS)
def test_sheets_ask_for_nothing_from_elsewhere(logical: str) -> None:
    """S12: no third party, no font of GOV.UK, no picture; one font of ours, where Uyghur is."""
    css = sheet(logical)
    if logical == "kit.rtl.css":
        css, faces = re.subn(rf"@font-face\{{[^}}]*url\(\"?{FONT}\"?\)[^}}]*\}}", "", css)
        assert faces == 1
    assert not re.search(r"url\(|image-set|@import|@font-face|GDS Transport", css)


@pytest.mark.parametrize("logical", ["family.css", "staff.css"])
def test_our_own_layer_knows_no_left_and_right(logical: str) -> None:
    """One file for both directions: logical properties only."""
    physical = r"(?<![\w-])(?:(?:margin|padding|border|inset)-(?:left|right)|left|right|float)\s*:"
    assert re.findall(physical, sheet(logical)) == []
    assert not re.search(r"text-align:\s*(?:left|right)", sheet(logical))


def test_the_mirrored_kit_is_mirrored() -> None:
    ltr, rtl = sheet("kit.css"), sheet("kit.rtl.css")
    assert ltr.count("margin-left") == rtl.count("margin-right") > 0
    assert ltr.count("padding-right") == rtl.count("padding-left")
    assert ltr != rtl
    ticks = re.findall(r"govuk-checkboxes__label:{1,2}after\{[^}]*rotate\(([^)]*)\)", rtl)
    assert ticks[-1] == "-45deg", "a tick is not mirrored"


def test_a_first_visit_weighs_little() -> None:
    """Budget of a family page: 20 KB compressed with its HTML, which takes less than 4.

    That holds where the font is fetched too.
    """
    names = MANIFEST["names"]
    for kit, font in (("kit.css", 0), ("kit.rtl.css", (STATIC / FONT).stat().st_size)):
        weights = [(STATIC / f"{names[n]}.gz").stat().st_size for n in (kit, "family.css")]
        assert sum(weights) + font < 16_384


def test_packages_are_pinned_with_integrity_and_name_no_host() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: p for name, p in lock["packages"].items() if name}
    assert all(p["integrity"].startswith("sha512-") for p in packages.values())
    assert not any("resolved" in p for p in packages.values())
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {n: packages[f"node_modules/{n}"]["version"] for n in wanted} == wanted
    assert wanted == MANIFEST["made_with"]


def test_the_licence_of_the_kit_travels_with_it() -> None:
    text = (STATIC / "LICENSES" / "govuk-frontend.txt").read_text(encoding="utf-8")
    assert "Crown Copyright (Government Digital Service)" in text
    assert "Permission is hereby granted, free of charge" in text


TOKENS = dict(
    re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", (FRONTEND / "_tokens.scss").read_text(), re.M)
)
TEXTS = [
    ("ink", "paper"), ("ink-soft", "paper"), ("ink-soft", "wash"), ("brand", "paper"),
    ("brand", "wash"), ("brand-dark", "brand-pale"), ("paper", "brand"), ("paper", "brand-dark"),
    ("paper", "go"), ("paper", "stop"), ("stop", "paper"), ("stop", "stop-pale"),
    ("visited", "paper"), ("paper", "critical"), ("overdue", "overdue-pale"),
    ("watch", "watch-pale"), ("contact", "contact-pale"), ("ink", "focus"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), TEXTS, ids=lambda name: name)
def test_texts_can_be_read(text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


def test_edges_of_fields_can_be_seen() -> None:
    """WCAG 2.2, 1.4.11: at least 3 to 1."""
    assert contrast(TOKENS["edge"], TOKENS["paper"]) >= 3
    assert contrast(TOKENS["focus"], TOKENS["ink"]) >= 3
