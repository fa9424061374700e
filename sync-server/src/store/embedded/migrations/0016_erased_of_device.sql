-- What is erased of a device's log, for the phone that wrote it, whichever lists it has by now.
CREATE INDEX entries_erased_of_device ON entries (tenant, device, erased) WHERE erased IS NOT NULL;

-- What rescue files have about a document.
CREATE INDEX rescued_about ON rescued (tenant, subject) WHERE decided_at IS NULL;
