//! Addresses and networks of machines, as a configuration lists them: `10.0.3.7`, `10.0.4.0/24`, `fd00::/8`.

use std::net::IpAddr;

/// Some addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Networks(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    base: IpAddr,
    /// How many bits of the base count.
    bits: u32,
}

impl Networks {
    /// Reads a list. One that is empty, or has all addresses in it, is none.
    pub fn read(texts: &[String]) -> Result<Self, String> {
        if texts.is_empty() {
            return Err("it is empty".to_owned());
        }
        let networks = texts.iter().map(|text| Network::read(text));
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is among them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    fn read(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no address or network, expected for example 10.0.3.7 or 10.0.4.0/24");
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u32>().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let longest = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(longest);
        match bits {
            0 => Err(format!(
                "'{text}' is every address, so that everybody could be anybody"
            )),
            bits if bits > longest => Err(wrong()),
            bits => Ok(Self { base, bits }),
        }
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                (u32::from(base) ^ u32::from(address)).leading_zeros() >= self.bits
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                (u128::from(base) ^ u128::from(address)).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(networks: &[&str], address: &str, expected: bool) {
        let texts: Vec<String> = networks.iter().map(|text| (*text).to_owned()).collect();
        let found = Networks::read(&texts).unwrap().contain(address.parse().unwrap());
        assert_eq!(found, expected, "{networks:?} {address}");
    }

    #[test]
    fn addresses_are_in_networks() {
        check(&["10.0.3.7"], "10.0.3.7", true);
        check(&["10.0.3.7"], "10.0.3.8", false);
        check(&["10.0.3.7"], "::ffff:10.0.3.7", true);
        check(&["10.0.4.0/24"], "10.0.4.255", true);
        check(&["10.0.4.0/24"], "10.0.5.0", false);
        check(&["10.0.4.0/23", "::1"], "10.0.5.0", true);
        check(&["10.0.4.0/23", "::1"], "::1", true);
        check(&["fd00::/8"], "fd12::1", true);
        check(&["fd00::/8"], "fe80::1", false);
        check(&["128.0.0.0/1"], "10.0.0.1", false);
    }

    #[test]
    fn a_list_that_is_none_says_why() {
        for (text, reason) in [
            ("0.0.0.0/0", "everybody could be anybody"),
            ("::/0", "everybody could be anybody"),
            ("proxy.example", "no address or network"),
            ("10.0.0.0/33", "no address or network"),
            ("10.0.0.0/x", "no address or network"),
        ] {
            let found = Networks::read(&[text.to_owned()]).unwrap_err();
            assert!(found.contains(reason), "{text}: {found}");
        }
        assert!(Networks::read(&[]).is_err());
    }
}
