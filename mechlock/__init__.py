"""mechlock: self-locking mechanisms of swappable truck batteries, solved, proved, built and checked."""
