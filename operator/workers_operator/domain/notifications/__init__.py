"""Problems, notices and their messages."""
