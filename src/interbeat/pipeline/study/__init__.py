"""A study: many sessions, each analyzed, paired and compared, on as many cores as there are."""
