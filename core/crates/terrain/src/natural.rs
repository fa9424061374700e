//! Comparing texts as people do: "A 2" comes before "A 10".

use std::cmp::Ordering;

/// Compares two texts, reading each run of digits as a number. Letters are compared without their case. Texts that
/// are alike so far are told apart by their plain order, so that only equal texts are equal.
pub(crate) fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let by_piece = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (digits_x, rest_x) = split_digits(left);
            let (digits_y, rest_y) = split_digits(right);
            (left, right) = (rest_x, rest_y);
            // Without leading zeros, the longer number is the larger, however many digits it has.
            digits_x.len().cmp(&digits_y.len()).then_with(|| digits_x.cmp(digits_y))
        } else {
            left = left.strip_prefix(x).unwrap_or_default();
            right = right.strip_prefix(y).unwrap_or_default();
            x.to_lowercase().cmp(y.to_lowercase())
        };
        if by_piece != Ordering::Equal {
            return by_piece;
        }
    }
}

/// The number a text starts with, without leading zeros, and what follows it.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.trim_start_matches('0'), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_are_sorted_as_on_the_name_board() {
        let mut units = ["B 1", "a 10", "A 2", "A 1", "", "A 02", "99999999999999999999999", "7"];
        units.sort_by(|a, b| natural_order(a, b));
        assert_eq!(units, ["", "7", "99999999999999999999999", "A 1", "A 02", "A 2", "a 10", "B 1"]);
    }

    proptest! {
        #[test]
        fn it_is_a_total_order(a in "[aA012é ]{0,5}", b in "[aA012é ]{0,5}", c in "[aA012é ]{0,5}") {
            prop_assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
            prop_assert_eq!(natural_order(&a, &b) == Ordering::Equal, a == b);
            if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
                prop_assert!(natural_order(&a, &c).is_le());
            }
        }
    }
}
