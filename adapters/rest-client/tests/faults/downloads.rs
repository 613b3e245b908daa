//! A file has its name when it is whole and right, and not before.

use std::path::Path;

use rest_client::{ClientError, Fetched, Folder, RemoteFile, Server};
use sha2::{Digest, Sha256};

use crate::scripted::{Answer, Scripted, answer, cut, file, problem};
use crate::{ID, server};

fn bytes(seed: u32) -> Vec<u8> {
    (seed..seed + 200_000).flat_map(u32::to_le_bytes).collect()
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn fetch(
    answers: Vec<Answer>,
    sha256: Option<&[u8]>,
    folder: &Path,
) -> (Result<Fetched, ClientError>, Vec<String>) {
    let scripted = Scripted::start(answers);
    let (server, folder) = (server(&scripted.address), Folder::open(folder).unwrap());
    let file = RemoteFile {
        path: "R/demo.raw".into(),
        size: Some(800_000),
        sha256: sha256.map(sum),
        is_image: true,
    };
    let fetched = server.download(&Server::id(ID).unwrap(), &file, &folder, false, &|_, _| {}).await;
    (fetched, scripted.requests())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("R")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke() {
    let (whole, folder) = (bytes(0), tempfile::tempdir().unwrap());
    let answers = vec![
        cut(file(&whole, "one"), 300_000),
        cut(file(&whole, "one"), 200_000),
        answer("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>"),
        file(&whole, "one"),
    ];
    let (fetched, requests) = fetch(answers, Some(&whole), folder.path()).await;

    let fetched = fetched.unwrap();
    assert_eq!((fetched.verified, fetched.kept, fetched.size), (true, 0, 800_000));
    assert_eq!(std::fs::read(&fetched.path).unwrap(), whole);
    assert_eq!(names(folder.path()), ["demo.raw"]);
    assert!(requests[0].contains("authorization: bearer img_t") && !requests[0].contains("range:"));
    for later in &requests[1..] {
        assert!(later.contains("if-range: \"one\"") && !later.contains("range: bytes=0-"), "{later}");
    }
}

#[tokio::test]
async fn another_program_run_goes_on_and_another_version_begins_anew() {
    let (whole, other) = (bytes(0), bytes(7));
    for (second, tag, keeps) in [(&whole, "one", true), (&other, "two", false)] {
        let folder = tempfile::tempdir().unwrap();
        // nobody listens after the first answer, so this run gives up
        let (broken, _) = fetch(vec![cut(file(&whole, "one"), 300_000)], None, folder.path()).await;
        let error = broken.unwrap_err().to_string();
        assert!(error.contains("the same command goes on"), "{error}");
        assert_eq!(names(folder.path()), ["demo.raw.part", "demo.raw.part.json"]);

        let (fetched, requests) = fetch(vec![file(second, tag)], None, folder.path()).await;
        let fetched = fetched.unwrap();
        assert!(fetched.kept > 200_000 && !fetched.verified, "{fetched:?}");
        assert_eq!(std::fs::read(&fetched.path).unwrap(), *second, "{keeps}");
        assert!(requests[0].contains("if-range: \"one\""), "{requests:?}");
        assert_eq!(names(folder.path()), ["demo.raw"]);
    }
}

#[tokio::test]
async fn what_is_not_what_the_build_made_gets_no_name() {
    let (whole, damaged, folder) = (bytes(0), bytes(1), tempfile::tempdir().unwrap());
    let (fetched, _) = fetch(vec![file(&damaged, "one")], Some(&whole), folder.path()).await;

    let error = fetched.unwrap_err();
    assert!(matches!(error, ClientError::Damaged { .. }), "{error}");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn an_old_part_that_does_not_fit_is_fetched_anew() {
    let (whole, folder) = (bytes(0), tempfile::tempdir().unwrap());
    std::fs::create_dir(folder.path().join("R")).unwrap();
    std::fs::write(folder.path().join("R/demo.raw.part"), [7; 1000]).unwrap();
    let note = format!(r#"{{"etag":"\"one\"","sha256":"{}"}}"#, sum(&whole));
    std::fs::write(folder.path().join("R/demo.raw.part.json"), note).unwrap();

    let (fetched, requests) =
        fetch(vec![file(&whole, "one"), file(&whole, "one")], Some(&whole), folder.path()).await;

    assert_eq!(std::fs::read(fetched.unwrap().path).unwrap(), whole);
    assert!(requests[0].contains("range: bytes=1000-") && !requests[1].contains("range:"), "{requests:?}");
}

#[tokio::test]
async fn a_part_is_kept_when_the_server_says_no() {
    let (whole, folder) = (bytes(0), tempfile::tempdir().unwrap());
    let no = r#"{"type":"urn:img:not-there","title":"","status":404,"detail":"there is no job"}"#;
    let answers = vec![cut(file(&whole, "one"), 300_000), problem("404 Not Found", "", no)];
    let (fetched, _) = fetch(answers, Some(&whole), folder.path()).await;

    assert_eq!(fetched.unwrap_err().to_string(), "there is no job");
    assert!(std::fs::metadata(folder.path().join("R/demo.raw.part")).unwrap().len() > 200_000);
}

#[tokio::test]
async fn nothing_is_replaced_and_what_is_there_is_not_fetched() {
    let (whole, folder) = (bytes(0), tempfile::tempdir().unwrap());
    std::fs::create_dir(folder.path().join("R")).unwrap();
    std::fs::write(folder.path().join("R/demo.raw"), "mine").unwrap();
    let (fetched, requests) = fetch(vec![], Some(&whole), folder.path()).await;
    assert!(fetched.unwrap_err().to_string().starts_with("cannot write "));
    std::fs::write(folder.path().join("R/demo.raw"), &whole).unwrap();
    let (fetched, _) = fetch(vec![], Some(&whole), folder.path()).await;
    assert_eq!(fetched.unwrap().kept, 800_000);
    assert_eq!(requests, Vec::<String>::new());
}
