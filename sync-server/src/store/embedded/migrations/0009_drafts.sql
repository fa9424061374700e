-- Edits of drafts of scripts (kind 2 of a subject) in the order in which they were taken: what leads' phones read.
CREATE INDEX entries_of_drafts ON entries (tenant, position) WHERE substr(subject, 1, 1) = x'02' AND position IS NOT NULL;
