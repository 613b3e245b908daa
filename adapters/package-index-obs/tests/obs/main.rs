//! An Open Build Service that is there, one that is not, and what may stand in an oscrc.

mod server;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use imaging::testing::package_index_keeps_its_promises;
use imaging::{IndexError, PackageIndex};
use package_index_obs::{Manners, ObsIndex, Oscrc};
use server::{Mood, Server};

/// The user and a password that ConfigParser would not have read.
const LOGIN: &str = "user = me\npass = it's a : pass;%\n";

fn oscrc(url: &str, more: &str) -> Oscrc {
    let text = format!("[general]\napiurl = {url}\n\n[{url}/]\n{LOGIN}aliases = first, obs\n{more}");
    Oscrc::parse(Path::new("oscrc"), &text).unwrap()
}

fn index(server: &Server) -> ObsIndex {
    ObsIndex::new(oscrc(&server.url, ""), &Manners::default()).unwrap()
}

fn chain(error: &IndexError) -> String {
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}

#[tokio::test]
async fn it_keeps_the_promises_of_every_index_and_remembers() {
    let server = Server::start(Mood::Well);
    let index = index(&server);
    package_index_keeps_its_promises(&index).await;
    assert_eq!(server.questions(), 2, "an answer counts for a while");

    let by_address = index.repositories(&server.url, "Mer:Core").await.unwrap();
    assert!(by_address.is_some() && server.questions() == 2);
    assert_eq!(index.repositories("obs", "Mer/../x y").await.unwrap(), None);
    let last = server.asked.lock().unwrap().last().unwrap().clone();
    assert!(last.starts_with("GET /source/Mer%2F..%2Fx%20y/_meta HTTP/1.1\r\n"), "{last}");
}

#[tokio::test]
async fn an_old_answer_is_asked_for_again() {
    let server = Server::start(Mood::Well);
    let manners = Manners { keep: Duration::ZERO, ..Manners::default() };
    let index = ObsIndex::new(oscrc(&server.url, ""), &manners).unwrap();
    for questions in 1..4 {
        index.repositories("obs", "Mer:Core").await.unwrap();
        assert_eq!(server.questions(), questions);
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_well_is_a_sentence() {
    for (says, words) in [
        ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "it answers 500"),
        ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "it does not let us in: look at user and pass"),
        ("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "it answers 302"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>", "not with a project"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n<", "cannot ask first for project Mer:Core"),
        ("garbage", "cannot ask first for project Mer:Core"),
    ] {
        let error =
            index(&Server::start(Mood::Says(says))).repositories("obs", "Mer:Core").await.unwrap_err();
        assert!(chain(&error).contains(words), "{says}: {}", chain(&error));
        assert!(!chain(&error).contains("pass;"), "{}", chain(&error));
    }
    let nobody = ObsIndex::new(oscrc("http://127.0.0.1:1", ""), &Manners::default()).unwrap();
    assert!(matches!(nobody.repositories("obs", "Mer:Core").await, Err(IndexError::Silent { .. })));
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    for mood in [Mood::Silent, Mood::Drips] {
        let server = Server::start(mood);
        let manners = Manners { timeout: Duration::from_millis(300), ..Manners::default() };
        let index = ObsIndex::new(oscrc(&server.url, ""), &manners).unwrap();
        let start = Instant::now();
        let error = index.repositories("obs", "Mer:Core").await.unwrap_err();
        assert!(matches!(error, IndexError::Silent { .. }), "{error}");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_certificate_counts_only_when_its_signer_is_known() {
    let (server, pem) = Server::encrypted();
    let stranger = index(&server).repositories("obs", "Mer:Core").await.unwrap_err();
    assert!(chain(&stranger).to_lowercase().contains("certificate"), "{}", chain(&stranger));
    assert_eq!(server.questions(), 0, "no password went out");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let known = oscrc(&server.url, &format!("cafile = {}\n", file.display()));
    package_index_keeps_its_promises(&ObsIndex::new(known, &Manners::default()).unwrap()).await;

    std::fs::write(&file, "no certificate").unwrap();
    let broken = oscrc(&server.url, &format!("cafile = {}\n", file.display()));
    let error = ObsIndex::new(broken, &Manners::default()).unwrap_err();
    assert!(error.to_string().ends_with("it holds no certificate"), "{error}");
}

#[tokio::test]
async fn a_proxy_carries_the_question() {
    let (server, seen) = (Server::start(Mood::Well), Arc::<Mutex<Vec<String>>>::default());
    let manners = Manners { proxy: Some(server::proxy(seen.clone())), ..Manners::default() };
    package_index_keeps_its_promises(&ObsIndex::new(oscrc(&server.url, ""), &manners).unwrap()).await;
    assert!(seen.lock().unwrap()[0].starts_with("CONNECT 127.0.0.1:"), "{seen:?}");
}

#[test]
fn an_oscrc_is_read_as_osc_reads_it() {
    let text = "[general]\napiurl: https://one.example\npass = general\n# comment\n; comment\n[https://one.example/]\nuser=a\n\
                pass = 100%%;# x\naliases = one,eins\n[http://two.example:3000/obs]\ntrusted_prj = x y\n";
    let read = Oscrc::parse(Path::new("rc"), text).unwrap();
    let seen: Vec<_> =
        read.services.iter().map(|s| (s.api_url.as_str(), s.password.as_deref(), s.aliases.len())).collect();
    assert_eq!(
        seen,
        [("https://one.example", Some("100%%;# x"), 2), ("http://two.example:3000/obs", None, 0)]
    );
    assert!(!format!("{read:?}").contains("100%"), "{read:?}");
    let text = "\u{feff}[https://a]\n  http_headers =\n    User: other\n    nonsense\n    [https://b]\n  user = me\n  pass = x\n\
                [https://c]\n  user = you\n";
    let read = Oscrc::parse(Path::new("rc"), text).unwrap();
    let users: Vec<_> = read.services.iter().map(|s| (s.api_url.as_str(), s.user.as_deref())).collect();
    assert_eq!(
        users,
        [("https://a", None), ("https://b", Some("me")), ("https://c", Some("you"))],
        "values that go on"
    );
    for (text, sentence) in [
        ("[https://a]\nnonsense\n", "rc:2: this line is neither `[section]` nor `key = value`"),
        ("[https://me:secret@a]\n", "rc:1: this is no address of an API"),
        ("[https://a]\npassx = QlpoOTFB\n", "rc:2: passwords are read as `pass` only"),
        ("[https://a]\nsslcertck = 0\n", "rc:2: certificates are always checked"),
    ] {
        let error = Oscrc::parse(Path::new("rc"), text).unwrap_err().to_string();
        assert!(error.starts_with(sentence) && !error.contains("secret"), "{error}");
    }
}

#[test]
fn an_oscrc_is_for_nobody_elses_eyes() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oscrc");
    std::fs::write(&file, "[https://a]\n").unwrap();
    for (mode, fine) in
        [(0o600, true), (0o640, true), (0o400, true), (0o644, false), (0o620, false), (0o604, false)]
    {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let read = Oscrc::read(&file);
        assert_eq!(read.is_ok(), fine, "{mode:o}");
        if let Err(error) = read {
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }
    assert!(Oscrc::read(&folder.path().join("none")).unwrap_err().to_string().contains("cannot read it"));
}
