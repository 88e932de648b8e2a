"""Released results: pages, reports, open data. Disclosure control before anything leaves."""
