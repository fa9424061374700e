use super::*;
use crate::software_signer::{SoftwareSigner, signer_for_tests};
use proptest::prelude::*;

type Entry = (Vec<u8>, Vec<u8>);

const FIRST_SEQ: u64 = 5;

fn device() -> DeviceId {
    DeviceId::from_bytes([1; 16])
}

fn salt(place: usize) -> Salt {
    Salt::from_bytes([place as u8; 16])
}

fn three_knocks() -> Vec<Entry> {
    (0..3_u8).map(|turn| (vec![b'h', turn], vec![b'p', turn])).collect()
}

fn proofs(entries: &[Entry]) -> Vec<(&[u8], PayloadProof<'_>)> {
    entries
        .iter()
        .enumerate()
        .map(|(place, (header, payload))| (header.as_slice(), PayloadProof::Present { salt: salt(place), payload }))
        .collect()
}

fn signed(signer: &SoftwareSigner, run: &[(&[u8], PayloadProof<'_>)]) -> (ChainHash, Signature) {
    let tip = run.iter().fold(ChainHash::start(device()), |tip, (header, proof)| tip.next(header, proof.hash()));
    let last_seq = FIRST_SEQ + run.len() as u64 - 1;
    (tip, sign_tip(signer, device(), last_seq, tip).unwrap())
}

fn verify(
    signer: &SoftwareSigner,
    run: &[(&[u8], PayloadProof<'_>)],
    signature: &Signature,
) -> Result<ChainHash, ChainBroken> {
    verify_run(device(), &signer.public_key(), ChainHash::start(device()), FIRST_SEQ, run.iter().copied(), signature)
}

#[test]
fn hashes_are_frozen() {
    let start = ChainHash::start(device());
    let payload = payload_hash(Salt::from_bytes([2; 16]), b"nobody home");
    assert_eq!(hex::encode(&start.to_bytes()), "39eeb32b09b4db70dd02b2bb4f9846682d4dc1085b0f71d9f211c5302dacd24c");
    assert_eq!(payload.to_string(), "96c16116d9b4bde36c8db2c49659d81da34aa8b5cfa04a8bd43702c8a9322dcd");
    assert_eq!(
        hex::encode(&start.next(b"header", payload).to_bytes()),
        "6cab29fb1365d1ad4057f696fc0fc991ac54c79ef761833b5e360d05076274ed"
    );
}

#[test]
fn a_run_as_signed_gives_the_new_tip() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let run = proofs(&entries);
    let (tip, signature) = signed(&signer, &run);
    assert_eq!(verify(&signer, &run, &signature), Ok(tip));
}

#[test]
fn a_log_is_checked_batch_by_batch() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let run = proofs(&entries);
    let (first, rest) = run.split_at(1);
    let (middle, first_signature) = signed(&signer, first);
    let (tip, signature) = signed(&signer, &run);
    assert_eq!(verify(&signer, first, &first_signature), Ok(middle));
    let check = |seq| verify_run(device(), &signer.public_key(), middle, seq, rest.iter().copied(), &signature);
    assert_eq!(check(FIRST_SEQ + 1), Ok(tip));
    assert!(check(FIRST_SEQ).is_err());
}

#[test]
fn an_erased_payload_still_chains() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let mut run = proofs(&entries);
    let (tip, signature) = signed(&signer, &run);
    for place in 0..3 {
        run[place].1 = PayloadProof::Erased(run[place].1.hash());
        assert_eq!(verify(&signer, &run, &signature), Ok(tip));
    }
    run[1].1 = PayloadProof::Erased(ContentHash::of(b"something else"));
    assert!(verify(&signer, &run, &signature).is_err());
}

#[test]
fn altered_order_is_broken() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let mut run = proofs(&entries);
    let (_, signature) = signed(&signer, &run);
    run.swap(0, 1);
    let broken = ChainBroken::Forged { first_seq: 5, last_seq: 7 };
    assert_eq!(verify(&signer, &run, &signature), Err(broken));
}

#[test]
fn a_missing_or_added_entry_is_broken() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let run = proofs(&entries);
    let (_, signature) = signed(&signer, &run);
    for place in 0..3 {
        let mut short = run.clone();
        short.remove(place);
        assert!(verify(&signer, &short, &signature).is_err());
        let mut long = run.clone();
        long.insert(place, run[place]);
        assert!(verify(&signer, &long, &signature).is_err());
    }
    assert_eq!(verify(&signer, &[], &signature), Err(ChainBroken::Empty));
}

#[test]
fn tampering_with_any_byte_of_header_payload_or_salt_is_noticed() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let (_, signature) = signed(&signer, &proofs(&entries));
    for (entry, byte) in (0..3).flat_map(|entry| [(entry, 0), (entry, 1)]) {
        let (mut header, mut payload) = (entries.clone(), entries.clone());
        header[entry].0[byte] ^= 1;
        payload[entry].1[byte] ^= 1;
        assert!(verify(&signer, &proofs(&header), &signature).is_err());
        assert!(verify(&signer, &proofs(&payload), &signature).is_err());
    }
    for byte in 0..16 {
        let mut bytes = salt(1).to_bytes();
        bytes[byte] ^= 1;
        let mut run = proofs(&entries);
        run[1].1 = PayloadProof::Present { salt: Salt::from_bytes(bytes), payload: &entries[1].1 };
        assert!(verify(&signer, &run, &signature).is_err());
    }
}

#[test]
fn a_foreign_signature_device_or_number_is_refused() {
    let (ours, theirs) = (signer_for_tests(), signer_for_tests());
    let tip = ChainHash::start(device());
    let key = ours.public_key();
    let signature = sign_tip(&ours, device(), 7, tip).unwrap();
    assert_eq!(verify_tip(&key, device(), 7, tip, &signature), Ok(()));
    assert_eq!(verify_tip(&key, device(), 8, tip, &signature), Err(Forged));
    assert_eq!(verify_tip(&key, DeviceId::from_bytes([2; 16]), 7, tip, &signature), Err(Forged));
    assert_eq!(verify_tip(&key, device(), 7, ChainHash::from_bytes([0; 32]), &signature), Err(Forged));
    let foreign = sign_tip(&theirs, device(), 7, tip).unwrap();
    assert_eq!(verify_tip(&key, device(), 7, tip, &foreign), Err(Forged));
}

#[test]
fn numbers_that_run_out_are_refused() {
    let (signer, entries) = (signer_for_tests(), three_knocks());
    let run = proofs(&entries);
    let (_, signature) = signed(&signer, &run);
    let start = ChainHash::start(device());
    let checked = verify_run(device(), &signer.public_key(), start, u64::MAX - 1, run, &signature);
    assert_eq!(checked, Err(ChainBroken::Overflow { first_seq: u64::MAX - 1 }));
}

#[test]
fn header_and_payload_hash_do_not_run_into_each_other() {
    let start = ChainHash::start(device());
    let hash = ContentHash::from_bytes([7; 32]);
    assert_ne!(start.next(&[], hash), start.next(&[7; 32], hash));
    assert_ne!(start.next(&[7], hash), start.next(&[7, 7], hash));
}

proptest! {
    #[test]
    fn no_run_makes_the_check_panic(
        headers: Vec<Vec<u8>>, first_seq: u64, start: [u8; 32], signature: [u8; 32], point: [u8; 32]
    ) {
        let key = PublicKey::from_bytes(&[&[4], point.as_slice(), &point].concat()).unwrap();
        let signature = Signature::from_slice(&[signature, signature].concat()).unwrap();
        let run = headers.iter().map(|header| (header.as_slice(), PayloadProof::Present { salt: salt(0), payload: header }));
        prop_assert!(verify_run(device(), &key, ChainHash::from_bytes(start), first_seq, run, &signature).is_err());
    }
}
