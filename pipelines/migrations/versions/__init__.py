"""One module a revision, named by number and by what it does."""
