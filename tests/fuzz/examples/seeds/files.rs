//! Files that people bring, and files that phone and server keep.

use crate::{Made, made};

const CSV: &str = "id,number,street,unit,city,postcode,lon,lat,first name,last name,phone,do not contact\n\
    1,40,Unioninkatu,A 1,Helsinki,00170,24.95,60.17,Aino,Aho,050 123,\n\
    1,40,Unioninkatu,A 1,Helsinki,00170,24.95,60.17,Eino,\"Aho, senior\",,yes\n\
    2,42,Unioninkatu,,Helsinki,00170,24.951,60.171,,,,\n\
    3,44,\"Union\"\"in\nkatu\",,Helsinki,00170,,,,,,\n";

const SCRIPT: &str = r#"{"title":"Spring","questions":[
    {"key":1,"name":"home","text":"Do you vote?","kind":"yes_no","when":null},
    {"key":2,"name":"party","text":"For whom?","kind":{"single":[{"code":1,"text":"Green"}]},"when":{"said":[1,true]}},
    {"key":3,"name":"support","text":"How much?","kind":{"scale":[1,5]},"when":{"all":[{"chose":[2,1]},{"not":{"answered":1}}]}},
    {"key":4,"name":"call","text":"May we call?","kind":{"consent":["phone","We will call once."]},"when":null}]}"#;

const SETTINGS: &str =
    r#"{"region":"eu-west-1","url":"https://walk.example:8443","regions":{"us-west-1":"https://other.example"}}"#;

pub(crate) fn seeds() -> Vec<Made> {
    vec![
        made("csv", "people", CSV),
        made("csv", "semicolons", CSV.replace(',', ";")),
        made(
            "csv",
            "latin",
            CSV.as_bytes().iter().map(|byte| if *byte == b'A' { 0xc4 } else { *byte }).collect::<Vec<_>>(),
        ),
        made("csv", "plain", "id,number,street,city,lon,lat\n1,12,Main St,Springfield,-72.5,42.1\n"),
        made("pbf", "town", extract()),
        made("script_file", "spring", SCRIPT),
        made("settings_file", "two_regions", SETTINGS),
        made("rescue_file", "empty", rescue()),
        made("key_file", "short", [7; 31]),
        made("key_file", "other", [7; 32]),
        made("damaged_log", "first_page", [0, 0, 0, 200, 1]),
        made("damaged_log", "inner_page", [0, 0x10, 0x10, 4, 1]),
        made("damaged_log", "two_pages", [0, 0x30, 0x10, 4, 1, 0, 0x50, 0x10, 4, 1]),
        made("damaged_log", "cut_off", [0, 0x40, 0, 255, 1]),
        made("damaged_book", "first_page", [0, 0, 0, 200, 1]),
        made("damaged_book", "later_pages", [0, 0x30, 0x10, 4, 1, 1, 0x50, 0x10, 4, 1]),
        made("damaged_book", "cut_off", [0, 0x40, 0, 255, 1]),
    ]
}

/// What a rescue file holds of a phone that had nothing to rescue.
fn rescue() -> Vec<u8> {
    use walkbook_model::{TenantId, UserId, cbor};
    use walkbook_vault::Signer;
    let key = walkbook_fuzz::known_signer().public_key();
    cbor::encode(&walkbook_core::Rescue {
        device: walkbook_fuzz::DEVICE,
        user: UserId::from_bytes([7; 16]),
        tenant: TenantId::from_bytes([1; 16]),
        public_key: key.as_bytes().to_vec().into(),
        written_at: walkbook_model::Timestamp::from_ms(1_795_000_000_000),
        runs: vec![crate::messages::run()],
        loose: vec![],
    })
}

// Just enough of protocol buffers to write an extract: https://wiki.openstreetmap.org/wiki/PBF_Format

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 127 {
        bytes.push(value.to_le_bytes()[0] | 128);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn block(kind: &str, content: &[u8]) -> Vec<u8> {
    let blob = [bytes(1, content), number(2, content.len() as u64)].concat();
    let header = [bytes(1, kind.as_bytes()), number(3, blob.len() as u64)].concat();
    [u32::try_from(header.len()).unwrap().to_be_bytes().to_vec(), header, blob].concat()
}

/// A node with an address, four without, as they stand in a dense group, and an outline with two house numbers.
fn extract() -> Vec<u8> {
    let texts = ["", "addr:housenumber", "40;42", "addr:street", "Unioninkatu", "building", "house"];
    let table: Vec<u8> = texts.iter().flat_map(|text| bytes(1, text.as_bytes())).collect();
    let tags = [bytes(2, &[1, 3]), bytes(3, &[2, 4])].concat();
    let place = [number(8, 1_203_400_000), number(9, 499_000_000)].concat();
    let node = bytes(1, &[number(1, 2), tags, place].concat());
    let steps = [varint(1_203_400_000), varint(2), varint(2), varint(3)].concat();
    let dense = bytes(
        2,
        &[bytes(1, &[4, 2, 2, 2]), bytes(8, &steps), bytes(9, &steps), bytes(10, &[1, 2, 0, 0, 0, 0])].concat(),
    );
    let way = bytes(3, &[number(1, 7), bytes(2, &[1, 3, 5]), bytes(3, &[2, 4, 6]), bytes(8, &[4, 2, 2, 3])].concat());
    let groups: Vec<u8> = [node, dense, way].iter().flat_map(|group| bytes(2, group)).collect();
    let data = [bytes(1, &table), groups].concat();
    [block("OSMHeader", &bytes(4, b"OsmSchema-V0.6")), block("OSMData", &data)].concat()
}
