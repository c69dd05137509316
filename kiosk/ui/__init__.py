"""The windows: projections of one `Counter`. The only place that knows Qt."""
