-- How far from the door a knock was recorded: near (100 m at most), middling (300 m at most), far, no_fix; null where no phone
-- was asked. Whether the phone said that its position was mocked. The position itself only if the tenant keeps positions.
ALTER TABLE interaction ADD COLUMN distance TEXT;
ALTER TABLE interaction ADD COLUMN mocked INTEGER;
ALTER TABLE interaction ADD COLUMN latitude REAL;
ALTER TABLE interaction ADD COLUMN longitude REAL;

DROP VIEW knock;
CREATE VIEW knock AS
SELECT i.tenant, i.happened_at, p.label AS person, l.name AS walk_list,
       trim(d.street || ' ' || d.number || CASE d.unit WHEN '' THEN '' ELSE ', ' || d.unit END) AS address,
       trim(coalesce(c.given_name, '') || ' ' || coalesce(c.family_name, '')) AS contact,
       i.outcome, i.class, i.note, i.interaction, i.distance, i.mocked
FROM interaction i
JOIN door d ON d.tenant = i.tenant AND d.door = i.door
LEFT JOIN person p ON p.tenant = i.tenant AND p.person = i.person
LEFT JOIN walk_list l ON l.tenant = i.tenant AND l.walk_list = i.walk_list
LEFT JOIN contact c ON c.tenant = i.tenant AND c.contact = i.contact AND c.door = i.door
WHERE i.undone = 0;
