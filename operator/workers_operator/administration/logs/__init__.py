"""The logs of one worker, for whoever may read it and its platform's token."""
