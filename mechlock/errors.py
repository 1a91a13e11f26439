"""The one error tree: what is wrong, where it stands in which file, how to mend it, and the exit code it leads to."""

from __future__ import annotations


class MechlockError(Exception):
    """Base of every error that mechlock raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence without a final full stop.
    where : str, optional
        The file and key at fault, such as ``"lock.toml: parameters.a"``.
    mend : str, optional
        What the reader can do about it.
    """

    exit_code = 2

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}; {self.mend}" if self.mend else head

    def at(self, where: str) -> MechlockError:
        """Return the same error with `where` put before the place it already names."""
        place = f"{where}: {self.where}" if self.where else where
        return type(self)(self.what, place, self.mend)


class InputError(MechlockError):
    """What the user wrote or asked for cannot be used (exit code 2)."""


class MissingExtra(MechlockError):
    """An optional package or system library that was asked for is not installed (exit code 2)."""


class NoVerdict(MechlockError):
    """An analysis could not be completed, so that nothing can be said either way (exit code 3)."""

    exit_code = 3
