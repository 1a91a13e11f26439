"""Parts of lock and frame as solids with named faces."""
