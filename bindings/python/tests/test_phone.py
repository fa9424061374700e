"""A phone with its list."""

import asyncio
import math
import threading

import pytest
from conftest import open_in
from walkbook import (
    Address,
    Answer,
    AnswerValue,
    ContactDetails,
    ContactField,
    Degrees,
    DeskKeyStore,
    Interaction,
    Knock,
    Outcome,
    RescueRefused,
    Walkbook,
    WalkbookError,
    read_rescue_file,
)
from walkbook.ids import DoorId, WalkListId

HOSTILE = [
    "🏳️‍🌈👩‍👩‍👧‍👧 emoji",
    "\u202eright to left \u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "a\0b",
    "'; DROP TABLE door_row; --",
    "e\u0301\u0301\u0301\u0301",
    "\ufeff\u200b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back_as_they_went(enrolled, text):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[5].door
    entry = enrolled.record_outcome(door, work.id, Outcome.NOT_HOME, note=text)
    visit = next(visit for visit in enrolled.door(door).visits if visit.entry == entry)
    assert visit.counts.note == text
    assert isinstance(enrolled.search(text), list)


def test_a_text_of_a_megabyte_is_refused_and_changes_nothing(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[6]
    before = enrolled.status()
    with pytest.raises(WalkbookError.Invalid) as told:
        enrolled.record_outcome(row.door, work.id, Outcome.NOT_HOME, note="x" * 1_000_000)
    assert told.value.field == "interaction.note"
    assert enrolled.status() == before
    assert enrolled.search("y" * 1_000_000) == []


def test_a_text_that_is_no_unicode_is_refused_by_the_language(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[6]
    before = enrolled.status()
    with pytest.raises(UnicodeEncodeError):
        enrolled.record_outcome(row.door, work.id, Outcome.NOT_HOME, note="half an emoji: \ud83d")
    assert enrolled.status() == before


@pytest.mark.parametrize("folder", ["a\0b", "x" * 1_000_000, "/proc/no/such/folder"])
def test_a_folder_that_cannot_be_is_told_as_what_it_is(tmp_path, folder):
    with pytest.raises(WalkbookError.Unreachable):
        Walkbook.open(folder, DeskKeyStore(tmp_path / "keys"))


def test_ids_of_another_kind_and_unknown_ones_are_told_apart(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[0]
    assert isinstance(row.door, DoorId) and isinstance(work.id, WalkListId)
    with pytest.raises(WalkbookError.Invalid) as told:
        enrolled.door(work.id)
    assert told.value.field == "door"
    with pytest.raises(WalkbookError.NotHere):
        enrolled.door("door_" + "0" * 26)
    with pytest.raises(WalkbookError.Invalid):
        enrolled.nearest_doors(Degrees(lat=91.0, lon=0.0))


def test_an_answer_that_does_not_fit_names_its_question(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[0]
    script = enrolled.script_of(work.id)
    knock = Knock.ANSWERS(script=script.hash, answers=[Answer(question=1, value=AnswerValue.INTEGER(number=3))])
    with pytest.raises(WalkbookError.AnswerRefused) as told:
        enrolled.record_knock(row.door, Interaction(list=work.id, knock=knock))
    assert told.value.question == 1


def test_a_knock_takes_one_of_the_tenants_own_codes(enrolled):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[10].door
    codes = enrolled.settings().outcome_codes
    assert codes == {"NH": Outcome.NOT_HOME, "LIT": Outcome.LEFT_LITERATURE}
    knock = Knock.OUTCOME(outcome=codes["LIT"], code="LIT")
    entry = enrolled.record_knock(door, Interaction(list=work.id, knock=knock))
    visit = next(visit for visit in enrolled.door(door).visits if visit.entry == entry)
    assert visit.counts.knock == knock
    with pytest.raises(WalkbookError.Invalid):
        enrolled.record_knock(door, Interaction(list=work.id, knock=Knock.OUTCOME(outcome=Outcome.REFUSED, code="LIT")))


def test_doors_and_contacts_can_be_added_and_found(enrolled):
    (work,) = enrolled.lists()
    first = enrolled.walk_list(work.id)[0]
    door = enrolled.add_door(work.id, Address(street="Hinterhof", number="1"), Degrees(lat=60.0, lon=25.0), first.door)
    assert enrolled.walk_list(work.id)[1].door == door
    contact = enrolled.add_contact(door, ContactDetails(given_name="Väinö", custom={"dog": "Rex"}))
    enrolled.edit_contact(door, contact, ContactField.FAMILY_NAME(), "Linna")
    (who,) = enrolled.door(door).contacts
    assert (who.name, who.details.custom) == ("Väinö Linna", {"dog": "Rex"})
    assert [row.door for row in enrolled.search("vaino lin")] == [door]
    assert enrolled.nearest_doors(Degrees(lat=60.0, lon=25.0), limit=1)[0].row.door == door


def test_many_threads_lose_no_knock(enrolled):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[7].door
    entries: list[str] = []

    def knock():
        for _ in range(25):
            entries.append(enrolled.record_outcome(door, work.id, Outcome.NOT_HOME))
            enrolled.walk_list(work.id)

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(entries)) == 200
    assert set(entries) <= {visit.entry for visit in enrolled.door(door).visits}


def test_changes_are_told_and_end_with_the_walkbook(tmp_path, enrolled):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[8].door

    async def listen():
        feed = enrolled.changes()
        hearing = asyncio.ensure_future(anext(feed))
        await asyncio.sleep(0)
        await asyncio.to_thread(enrolled.record_outcome, door, work.id, Outcome.NOT_HOME)
        changes = await hearing
        await feed.aclose()
        return changes

    assert door in asyncio.run(listen()).doors

    async def listen_until_closed():
        with open_in(tmp_path / "book") as walkbook:
            asyncio.get_running_loop().call_later(0.05, walkbook.close)
            return [changes async for changes in walkbook.changes()]

    assert asyncio.run(listen_until_closed()) == []


def test_a_rescue_file_is_read_with_its_code_only(tmp_path, enrolled):
    asyncio.run(enrolled.sync())
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)
    code = enrolled.write_rescue_file(str(tmp_path / "rescue"))
    assert enrolled.status().may_be_wiped
    file = (tmp_path / "rescue").read_bytes()
    contents = read_rescue_file(file, code)
    assert (contents.device, contents.entries) == (enrolled.identity().device, 1)
    for wrong, why in (("nonsense", RescueRefused.NO_CODE), ("", RescueRefused.NO_CODE)):
        with pytest.raises(WalkbookError.RescueFile) as told:
            read_rescue_file(file, wrong)
        assert told.value.why == why
    with pytest.raises(WalkbookError.RescueFile) as told:
        read_rescue_file(bytes(1_000_000), code)
    assert told.value.why == RescueRefused.NOT_RESCUE
    with pytest.raises(WalkbookError.Unreachable):
        enrolled.write_rescue_file(str(tmp_path / "rescue"))
    asyncio.run(enrolled.sync())


def test_the_map_under_the_doors_is_there_without_a_network(enrolled):
    shown = enrolled.base_map()
    assert (shown.min_zoom, shown.max_zoom, shown.attribution) == (12, 15, "© Nobody")
    assert shown.tiles_here == shown.tiles > 0
    (work,) = enrolled.lists()
    place = enrolled.walk_list(work.id)[0].position
    assert shown.bounds.south_west.lat < place.lat < shown.bounds.north_east.lat
    side = 1 << 15
    column = int((place.lon + 180) / 360 * side)
    row = int((0.5 - math.asinh(math.tan(math.radians(place.lat))) / math.tau) * side)
    # A tile begins with its layer; this one's is called as the tile lies.
    assert f"15/{column}/{row}".encode() in enrolled.map_tile(15, column, row)
    assert enrolled.map_tile(15, column + 1_000, row) is None
