//! Addresses of servers.

use axum::http::Uri;

/// The host of a server's address; nothing if it is anything but `https://` with a host and, perhaps, a port.
pub fn host_of(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    let plain = uri.scheme_str() == Some("https") && !authority.as_str().contains('@') && uri.query().is_none();
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let bare = plain && uri.path().trim_end_matches('/').is_empty() && !url.contains('#') && !host.is_empty();
    bare.then(|| host.to_owned())
}

/// Every name under which a server of this address is reached: on the machine itself, also the others of that machine.
pub fn hosts_of(url: &str) -> Option<Vec<String>> {
    let host = host_of(url)?;
    let own = ["localhost", "127.0.0.1", "::1"];
    Some(if own.contains(&host.as_str()) { own.map(str::to_owned).to_vec() } else { vec![host] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_https_address_is_a_servers() {
        assert_eq!(host_of("https://walk.example:8443").as_deref(), Some("walk.example"));
        assert_eq!(host_of("https://[2001:db8::1]/").as_deref(), Some("2001:db8::1"));
        for wrong in [
            "http://walk.example",
            "https://",
            "walk.example",
            "https://me@walk.example",
            "https://walk.example/path",
            "https://walk.example?a=b",
            "https://walk.example/#here",
        ] {
            assert_eq!(host_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_server_on_the_machine_itself_answers_to_all_its_names() {
        assert_eq!(hosts_of("https://localhost:8443").unwrap(), ["localhost", "127.0.0.1", "::1"]);
        assert_eq!(hosts_of("https://walk.example").unwrap(), ["walk.example"]);
    }
}
