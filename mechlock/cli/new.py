"""`mechlock new DIR`: a new design folder from a design that ships with mechlock."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mechlock import resources
from mechlock.cli.output import Common, emit
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.design import LINKS


def new(
    directory: Path,
    /,
    *,
    from_: Annotated[str, Parameter(name="--from")] = "reference",
    common: Common = Common(),
) -> int:
    """Make a new design folder, with every file the design names, ready to be changed.

    Example: ``mechlock new my_frame --from reference``

    Parameters
    ----------
    directory
        The folder to make; it must not exist yet, or be empty.
    from_
        Name of the design to start from.
    """
    written = copy_design(from_, directory)
    emit(
        common,
        {"design": str(written[0]), "files": [str(path) for path in written]},
        f"made {directory}; next: mechlock check {written[0]}",
    )
    return 0


def copy_design(name: str, directory: Path) -> list[Path]:
    """Copy the shipped design `name` and the files it names into `directory`; return what was written, the design first.

    Raises
    ------
    InputError
        When there is no such design or the folder is not empty.
    """
    designs = resources.folder("geometry") / "designs"
    source = designs / f"{name}.toml"
    known = sorted(path.stem for path in designs.glob("*.toml"))
    if name not in known:
        raise InputError(f"there is no design {name!r}", mend=f"known: {', '.join(known)}")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError("this exists already", str(directory), "name a new folder")
    text, data = source.read_text(encoding="utf-8"), reading.read_toml(source)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent) as scratch:
        folder = Path(scratch) / "design"
        folder.mkdir()
        names = [f"{name}.toml"]
        for link in LINKS:
            holder = data if len(link) == 1 else data.get(link[0], {})
            path = holder.get(link[-1])
            if isinstance(path, str):
                target = f"{'_'.join(link)}.toml"
                shutil.copyfile(source.parent / path, folder / target)
                text = text.replace(f'"{path}"', f'"{target}"')
                names.append(target)
        (folder / names[0]).write_text(text, encoding="utf-8")
        if directory.exists():
            directory.rmdir()
        folder.rename(directory)
    return [directory / item for item in names]
