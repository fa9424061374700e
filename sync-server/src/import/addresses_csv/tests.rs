use super::*;
use crate::import::Encoding;
use crate::import::gathered::{Gathered, gather};
use proptest::prelude::*;
use std::io::Write;
use walkbook_model::{ContactField, TenantId};

const HEADER: &str = "id,number,street,unit,city,region,postcode,lon,lat\n";

fn options() -> Options {
    Options::new(TenantId::from_bytes([1; 16]))
}

fn import(file: impl AsRef<[u8]>) -> Gathered {
    gather(read(file.as_ref(), options()).unwrap())
}

fn refusals(file: impl AsRef<[u8]>) -> Vec<String> {
    import(file).refused.iter().map(ToString::to_string).collect()
}

fn file_refused(file: impl AsRef<[u8]>) -> FileRefused {
    read(file.as_ref(), options()).err().unwrap()
}

fn row(number: u32) -> String {
    format!("{number},{number},Main St,,Salem,MA,01970,-70.9,42.5{number:04}\n")
}

#[test]
fn a_row_becomes_a_door_with_every_part() {
    let door =
        import(format!("{HEADER}a1,102,Kinnaird  St,3,Cambridge,MA,02139,-71.1119879,42.3675204\n")).doors.remove(0);
    assert_eq!(door.address.line(), "Kinnaird St 102, 3");
    assert_eq!((door.address.region.as_str(), door.address.postcode.as_str()), ("MA", "02139"));
    assert_eq!((door.position.unwrap().lon(), door.position.unwrap().lat()), (-71.1119879, 42.3675204));
}

#[test]
fn the_same_row_gives_the_same_door_in_every_import_of_one_tenant_only() {
    let file = format!("{HEADER}{}", row(1));
    let other = Options::new(TenantId::from_bytes([2; 16]));
    assert_eq!(import(&file).doors[0].id, import(&file).doors[0].id);
    assert_ne!(import(&file).doors[0].id, gather(read(file.as_bytes(), other).unwrap()).doors[0].id);
}

#[test]
fn other_names_delimiters_and_a_byte_order_mark_are_understood() {
    let files = [
        "\u{feff}addr:housenumber;addr:street;Longitude;LATITUDE\r\n12;Tie;24,95;60,17\r\n",
        "House Number\tStreet Name\tlng\tlat\n12\tTie\t24.95\t60.17",
        "Residence_Addresses_HouseNumber,Residence_Addresses_StreetName,Residence_Addresses_Longitude,Residence_Addresses_Latitude\n12,Tie,24.95,60.17\n",
        "address,x,y\n12 Tie,24.95,60.17\n",
        "address,x,y\nTie 12,24.95,60.17\n",
    ];
    for file in files {
        let gathered = import(file);
        assert_eq!(gathered.doors.len(), 1, "{file} {:?}", gathered.refused);
        assert_eq!(gathered.doors[0].address.line(), "Tie 12");
        assert_eq!(gathered.doors[0].position.unwrap().lat(), 60.17);
    }
}

#[test]
fn a_packed_file_is_unpacked_and_a_torn_one_says_where_it_broke_off() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(format!("{HEADER}{}", (1..2000).map(row).collect::<String>()).as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    assert_eq!(import(&packed).doors.len(), 1999);
    let torn = import(&packed[..packed.len() / 2]);
    assert!(!torn.summary.is_whole());
}

#[test]
fn people_of_one_door_are_gathered_there() {
    let file = "voter_id,first_name,last_name,dob,number,street,lon,lat\n\
        v1,Ann,Lee,05/01/1984,4,Elm,-70.9,42.5\nv2,Bob,Lee,,4, ELM ,-70.9,42.5001\nv1,Ann,Lee,1984,4,Elm,-70.9,42.5\n";
    let gathered = import(file);
    assert_eq!((gathered.doors.len(), gathered.doors[0].contacts.len()), (1, 2));
    assert_eq!(gathered.doors[0].contacts[0].fields[&ContactField::BirthYear], "1984");
    assert_eq!(gathered.refused[0].to_string(), "line 4: the same as line 2");
    assert_eq!((gathered.summary.read, gathered.summary.taken, gathered.summary.duplicates), (3, 2, 1));
}

#[test]
fn one_address_far_apart_is_two_doors_and_near_is_one() {
    let file =
        "id,number,street,lon,lat\n1,4,Elm,-70.9,42.5\n2,4,Elm,-70.9,42.5002\n3,4,Elm,-70.9,42.6\n4,4,elm,-70.9,42.6\n";
    let gathered = import(file);
    assert_eq!(gathered.doors.len(), 2);
    assert_ne!(gathered.doors[0].id, gathered.doors[1].id);
    assert_eq!(refusals(file), ["line 3: the same as line 2", "line 5: the same as line 4"]);
}

#[test]
fn an_id_at_two_addresses_is_reported() {
    let file = "id,number,street,lon,lat\n1,4,Elm,-70.9,42.5\n1,6,Elm,-70.9,42.5\n";
    assert_eq!(refusals(file), ["line 3: the id of line 2, at another address"]);
}

#[test]
fn a_row_without_coordinates_is_refused_unless_the_tenant_allows_it() {
    let file = format!("{HEADER}1,1,Main St,,,,,,\n2,2,Main St,,,,,0,0\n{}", row(3));
    assert_eq!(refusals(&file), ["line 2: no coordinates", "line 3: no coordinates"]);
    let allowed = Options { allow_unplaced: true, ..options() };
    assert_eq!(gather(read(file.as_bytes(), allowed).unwrap()).doors.len(), 3);
}

#[test]
fn bad_numbers_name_line_and_column() {
    let file = format!("{HEADER}1,1,A,,,,,abc,42\n2,2,A,,,,,-70,95\n3,3,A,,,,,nan,42\n{}", row(4));
    assert_eq!(
        refusals(file),
        [
            "line 2, column lon: not a number",
            "line 3, column lat: latitude is not a number from -90 to 90",
            "line 4, column lon: longitude is not a number from -180 to 180",
        ]
    );
}

#[test]
fn bad_encoding_names_line_and_column_and_the_right_option_reads_it() {
    let mut file = HEADER.as_bytes().to_vec();
    file.extend(b"1,1,H\xe4meentie,,Helsinki,,,24.9,60.1\n");
    file.extend(row(2).bytes());
    assert_eq!(refusals(&file), ["line 2, column street: not text in the encoding given"]);
    let western = Options { encoding: Encoding::Windows1252, ..options() };
    let gathered = gather(read(file.as_slice(), western).unwrap());
    assert_eq!(gathered.doors[0].address.street, "Hämeentie");
    assert_eq!(
        file_refused(
            "\u{feff}".encode_utf16().chain("a,b".encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<_>>()
        ),
        FileRefused::Utf16
    );
}

#[test]
fn nul_bytes_cost_one_row() {
    let file = format!("{HEADER}1,1,Ma\0in,,,,,-70,42\n{}", row(2));
    assert_eq!(refusals(&file), ["line 2, column street: holds a NUL or another control character"]);
    assert_eq!(import(&file).doors.len(), 1);
}

#[test]
fn two_hundred_columns_are_refused_with_the_limit() {
    let header: Vec<String> = (0..200).map(|number| format!("column{number}")).collect();
    assert_eq!(file_refused(header.join(",")).to_string(), "line 1: the header has 200 columns, the limit is 100");
    let file = format!("{HEADER}{}\n{}", vec!["x"; 200].join(","), row(2));
    assert_eq!(refusals(file), ["line 2: 200 fields where the header has 9"]);
}

#[test]
fn ten_megabytes_in_one_field_cost_one_row_quoted_or_not() {
    let long = "x".repeat(10 * 1024 * 1024);
    for field in [long.clone(), format!("\"{long}\"")] {
        let file = format!("{HEADER}{}1,1,{field},,,,,-70,42\n{}", row(7), row(8));
        let mut rows = read(file.as_bytes(), options()).unwrap();
        let mut outcomes = Vec::new();
        while let Some(row) = rows.next() {
            assert!(rows.records.held_bytes() < 4 * RECORD_BYTES);
            outcomes.push(row.map(|row| row.line).map_err(|refused| refused.to_string()));
        }
        assert_eq!(outcomes, [Ok(2), Err("line 3: longer than 65536 bytes".into()), Ok(4)]);
    }
}

#[test]
fn a_quote_that_never_closes_costs_its_own_line_only() {
    for rows in [5, 5_000] {
        let after: String = (10..10 + rows).map(row).collect();
        let gathered = import(format!("{HEADER}{}1,1,\"Main St,,,,,-70,42\n{after}", row(1)));
        assert_eq!(gathered.doors.len(), 1 + rows as usize);
        assert_eq!(gathered.refused.len(), 1);
        assert_eq!(gathered.refused[0].to_string(), "line 3: a quote is never closed");
    }
}

#[test]
fn quotes_that_never_close_cannot_make_reading_take_for_ever() {
    let file = format!("{HEADER}{}", "x\",\"\n".repeat(200_000));
    let gathered = import(file);
    assert!(gathered.doors.is_empty());
    assert!(!gathered.summary.is_whole());
}

#[test]
fn lines_are_counted_through_quoted_line_ends_and_empty_lines() {
    let file = format!("{HEADER}\r\n1,1,\"Main\nSt\",,,,,-70.9,42.5\r\n\r\n2,2,X,,,,,,\r\n");
    assert_eq!(import(&file).doors[0].address.street, "Main St");
    assert_eq!(refusals(file), ["line 6: no coordinates"]);
}

#[test]
fn an_empty_file_is_refused_and_a_header_alone_is_no_rows() {
    assert_eq!(file_refused(""), FileRefused::Empty);
    assert_eq!(file_refused("\u{feff}"), FileRefused::Empty);
    assert_eq!(import(HEADER).summary, Default::default());
    assert_eq!(file_refused("a,b\n1,2\n"), FileRefused::NoColumn { column: "street" });
    assert_eq!(file_refused("street,lon\n"), FileRefused::NoColumn { column: "lat" });
}

#[test]
fn reading_stops_loudly_at_the_bounds_of_rows_and_bytes() {
    let file = format!("{HEADER}{}", (1..5000).map(row).collect::<String>());
    let few = gather(read(file.as_bytes(), Options { max_rows: 3, ..options() }).unwrap());
    assert_eq!((few.doors.len(), few.summary.is_whole()), (3, false));
    let short = gather(read(file.as_bytes(), Options { max_bytes: 70_000, ..options() }).unwrap());
    assert!(!short.doors.is_empty() && !short.summary.is_whole());
}

proptest! {
    #[test]
    fn what_a_csv_writer_writes_is_read_back(fields in prop::collection::vec("[a\",;\n\t ]{0,8}", 2..6)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&fields).unwrap();
        let file = writer.into_inner().unwrap();
        let mut records = Records::new(file.as_slice(), 1000);
        prop_assert_eq!(records.cut().unwrap().unwrap().1, Cut::Whole);
        let mut split = Fields::default();
        split.split(records.bytes(), b',');
        let back: Vec<&[u8]> = split.iter().collect();
        prop_assert_eq!(back, fields.iter().map(String::as_bytes).collect::<Vec<_>>());
        prop_assert!(records.cut().unwrap().is_none());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut file = HEADER.as_bytes().to_vec();
        file.extend(&bytes);
        import(&file);
        let _ = read(bytes.as_slice(), options()).map(gather);
    }
}
