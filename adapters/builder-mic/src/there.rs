//! Repositories that another machine looks for elsewhere than this one does; pure.

use img_kickstart::Kickstart;

/// Adds to a reason that names such a repository why it is not there, and what to write instead.
pub(crate) fn explained(reason: String, kickstart: &str, loopback: Option<&str>) -> String {
    let kickstart = Kickstart::parse(kickstart);
    let found = kickstart.commands().filter(|command| command.name() == "repo").find_map(|repo| {
        let address = repo.arguments().value("--baseurl")?.trim_end_matches('/').to_owned();
        let why = why(&address, loopback)?;
        reason.contains(&address).then_some(why)
    });
    match found {
        Some(why) => format!("{reason}; {why}"),
        None => reason,
    }
}

fn why(address: &str, loopback: Option<&str>) -> Option<String> {
    if address.starts_with("file:") {
        return Some(
            "that is a folder of the virtual machine: what this machine has, it has to serve by http".into(),
        );
    }
    let host = host(address)?;
    let is_own = host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|host: std::net::IpAddr| host.is_loopback() || host.is_unspecified());
    let instead = match loopback {
        Some(loopback) => format!("this one is {loopback} for it: write that into the line `repo`"),
        None => "it does not reach this one ([worker] scripts_network)".to_owned(),
    };
    is_own.then(|| format!("{host} is the virtual machine itself there, and {instead}"))
}

/// Returns the host of an address, without name, password and port.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let server = rest.split('/').next().unwrap_or_default();
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    match server.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => server.split(':').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_of_this_machine_is_none_of_another() {
        let loopback = "is the virtual machine itself there, and this one is 10.0.2.2 for it";
        for (address, expected) in [
            ("http://localhost:8000/r", Some(loopback)),
            ("http://me:secret@127.0.0.1/r", Some(loopback)),
            ("http://[::1]:80/r/", Some(loopback)),
            ("http://0.0.0.0:80", Some(loopback)),
            ("file:///srv/r", Some("that is a folder of the virtual machine")),
            ("http://10.0.2.2/r", None),
            ("http://localhost.example/r", None),
            ("http://repo.example/127.0.0.1", None),
        ] {
            let kickstart = format!("repo --name=q --baseurl=http://q/\nrepo --name=r --baseurl={address}\n");
            let reason = format!("the repository {address}/repodata/repomd.xml cannot be read: refused");
            let explained = explained(reason.clone(), &kickstart, Some("10.0.2.2"));
            match expected {
                Some(words) => {
                    assert!(explained.starts_with(&reason) && explained.contains(words), "{explained}")
                }
                None => assert_eq!(explained, reason),
            }
        }
        let kickstart = "repo --name=r --baseurl=http://localhost/r\n";
        let alone = explained("no http://localhost/r".into(), kickstart, None);
        assert!(alone.ends_with("it does not reach this one ([worker] scripts_network)"), "{alone}");
        assert_eq!(explained("no package matches vim".into(), kickstart, None), "no package matches vim");
    }
}
