use super::*;
use crate::plan::tests::{BASE, request};

fn sources(lines: &str) -> Vec<Source> {
    let kickstart = BASE.lines().filter(|line| !line.starts_with("repo ")).collect::<Vec<_>>().join("\n");
    let request = request(imaging::ImageType::Fs, &format!("{lines}\n{kickstart}\n"));
    crate::plan::plan(&request).unwrap_or_else(|why| panic!("{lines}: {why}")).sources
}

fn only(allowed: &[&str]) -> Reach {
    let allowed = allowed.iter().map(|url| (*url).to_owned()).collect();
    Reach { scripts: Network::Outside(vec![]), local_sources: LocalSources::Only(allowed) }
}

#[test]
fn what_is_on_this_machine_is_refused_in_whatever_form_it_is_written() {
    for url in [
        "file:///srv/repo",
        "http://localhost/r",
        "http://LOCALHOST./r",
        "http://a.localhost:8080/r",
        "http://127.0.0.1/r",
        "https://ana:pw@127.8.8.8:8443/r",
        "http://127.1/r",
        "http://2130706433/r",
        "http://0x7f.0.0.1/r",
        "http://0177.0.0.1/r",
        "http://0/r",
        "http://[::1]/r",
        "http://[::ffff:127.0.0.1]:80/r",
        "http://[fe80::1%25eth0]/r",
        "http://169.254.169.254/latest",
        "http://%3127.0.0.1/r",
        "http://１２７.0.0.1/r",
        "ftp://127.0.0.1/r",
    ] {
        let sources = sources(&format!("repo --name=r --baseurl={url}"));
        let refused = only(&[]).check(&sources);
        assert!(
            refused.as_ref().is_err_and(|why| why.contains("[worker] local_sources")),
            "{url}: {refused:?}"
        );
        assert!(!refused.unwrap_err().contains("pw@"), "a password is not for others");
        assert_eq!(Reach::default().check(&sources), Ok(()), "{url}");
    }
    for line in [
        "repo --name=r --baseurl=http://repo.example/r --gpgkey=file:///etc/key",
        "repo --name=r --baseurl=http://repo.example/r --proxy=http://127.0.0.1:3128",
        "repo --name=r --mirrorlist=http://[::1]/list",
    ] {
        assert!(only(&[]).check(&sources(line)).is_err(), "{line}");
    }
}

#[test]
fn other_machines_are_fine_and_so_is_what_the_site_allows() {
    let allowed = ["file:///srv/repo", "http://127.0.0.1:8080/r/", "http://[::1]:80"];
    for (url, fine) in [
        ("http://repo.example/r", true),
        ("http://localhost.example/r", true),
        ("http://192.0.2.1/r", true),
        ("http://[2001:db8::1]/r", true),
        ("file:///srv/repo", true),
        ("file:///srv/repo/x86_64/", true),
        ("file:///srv/repository", false),
        ("http://127.0.0.1:8080/r", true),
        ("http://ana:pw@127.0.0.1:8080/r/x", true),
        ("http://127.0.0.1:8080/rest", false),
        ("http://127.0.0.1:8080/r/../admin", false),
        ("http://127.0.0.1:8080/r/%2E%2e/admin", false),
        ("http://127.0.0.1:80/r", false),
        ("http://[::1]:80/x", true),
    ] {
        let found = only(&allowed).check(&sources(&format!("repo --name=r --baseurl={url}")));
        assert_eq!(found.is_ok(), fine, "{url}: {found:?}");
    }
}

#[tokio::test]
async fn a_name_is_asked_for_its_address() {
    let own = ["192.0.2.7".parse().unwrap()];
    let by_number = sources("repo --name=r --baseurl=http://0300.0.2.7/r");
    assert!(only(&[]).check_names(&by_number, &own).await.unwrap_err().contains("192.0.2.7"));
    assert_eq!(only(&[]).check_names(&by_number, &[]).await, Ok(()));
    let nobody = sources("repo --name=r --baseurl=http://nobody.invalid/r");
    assert_eq!(only(&[]).check_names(&nobody, &own).await, Ok(()), "dnf will say that");

    let loopback = sources("repo --name=r --baseurl=http://localhost/r");
    let why = only(&[]).check_names(&loopback, &[]).await.unwrap_err();

    assert!(why.contains("http://localhost/r leads to ") && why.contains("local_sources"), "{why}");
    assert_eq!(only(&["http://localhost"]).check_names(&loopback, &[]).await, Ok(()));
}

#[test]
fn dnf_reaches_no_more_than_its_repositories_need() {
    let file = "repo --name=f --baseurl=file:///srv/repo";
    let web = "repo --name=w --baseurl=http://repo.example/r";
    let here = "repo --name=h --baseurl=http://127.0.0.1:80/r";
    let site = only(&["file:///srv/repo", "http://127.0.0.1:80"]);
    let open = Reach { scripts: Network::None, ..site.clone() };
    for (reach, lines, network) in [
        (&site, file.to_owned(), Network::None),
        (&site, format!("{file}\n{web}"), Network::Outside(vec![])),
        (&site, format!("{here}\n{web}"), Network::Host),
        (&open, web.to_owned(), Network::Host),
        (&Reach::default(), file.to_owned(), Network::Host),
    ] {
        assert_eq!(reach.of_dnf(&sources(&lines)), network, "{lines}");
    }
}
