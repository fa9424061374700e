//! Where somebody comes from, as far as anybody counts it.

use std::net::{IpAddr, Ipv6Addr};

/// What is counted as one address: whoever has one of IPv6 has 2⁶⁴.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(IpAddr);

// It may lead to somebody's home.
walkbook_model::redacted!(Network);

impl Network {
    /// The one that an address is in.
    pub const fn of(address: IpAddr) -> Self {
        let IpAddr::V6(of_six) = address else { return Self(address) };
        match of_six.to_ipv4_mapped() {
            Some(mapped) => Self(IpAddr::V4(mapped)),
            None => Self(IpAddr::V6(Ipv6Addr::from_bits(of_six.to_bits() >> 64 << 64))),
        }
    }

    /// Its name, as it is counted under.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_64_bits_is_one_address_and_a_mapped_one_is_the_one_it_maps() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(format!("{:?}", network("192.0.2.1")), "Network(…)");
    }
}
