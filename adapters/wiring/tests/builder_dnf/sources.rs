//! Repositories: each option of a `repo` line, on images built from repositories made for it.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::made::{Key, Repo};
use crate::server::{Server, file};
use crate::support::{Scene, tool};
use imaging::ImageType;

/// Prepares a build of the package `pick`; `FIRST` and `SECOND` in `lines` stand for repositories that both have it.
fn scene(lines: &str, first: &Repo, second: &Repo) -> Scene {
    let lines = lines.replace("FIRST", &first.url()).replace("SECOND", &second.url());
    Scene::new(ImageType::Fs, &format!("{lines}\n%packages\npick\n%end\n"))
}

/// Builds it, and returns what the package says of where it comes from.
async fn picked(scene: &Scene) -> String {
    let made = scene.made().await;
    assert_eq!(made.warnings, Vec::<String>::new());
    let archive = scene.file("demo.tar.gz");
    let text = tool(&["tar", "-xOzf", archive.to_str().unwrap(), "./usr/share/odd/pick"]);
    text.trim_end().to_owned()
}

#[tokio::test]
async fn a_better_priority_wins_over_a_newer_version() {
    let temp = tempfile::tempdir().unwrap();
    let old = Repo::new(temp.path(), "old").package("pick", "1", "old").indexed("");
    let new = Repo::new(temp.path(), "new").package("pick", "2", "new").indexed("");
    for (old_one, new_one, wins) in [("", "", "new"), ("--priority=1", "--priority=2", "old")] {
        let lines =
            format!("repo --name=a --baseurl=FIRST {old_one}\nrepo --name=b --baseurl=SECOND {new_one}");
        assert_eq!(picked(&scene(&lines, &old, &new)).await, wins, "{lines}");
    }
}

#[tokio::test]
async fn of_the_same_package_the_cheaper_one_is_taken() {
    let temp = tempfile::tempdir().unwrap();
    let first = Repo::new(temp.path(), "first").package("pick", "1", "first").indexed("");
    let second = Repo::new(temp.path(), "second").package("pick", "1", "second").indexed("");
    for (first_cost, second_cost, wins) in [(10, 2000, "first"), (2000, 10, "second")] {
        let lines = format!(
            "repo --name=a --baseurl=FIRST --cost={first_cost}\nrepo --name=b --baseurl=SECOND --cost={second_cost}"
        );
        assert_eq!(picked(&scene(&lines, &first, &second)).await, wins, "{lines}");
    }
}

/// Makes a repository with the package `pick`, and a scene that uses it by what stands behind `repo --name=net`.
fn net(options: &str) -> (tempfile::TempDir, Repo, Scene) {
    let temp = tempfile::tempdir().unwrap();
    let repo = Repo::new(temp.path(), "net").package("pick", "1", "net").indexed("");
    let scene = scene(&format!("repo --name=net {options}"), &repo, &repo);
    (temp, repo, scene)
}

impl Scene {
    fn with(mut self, word: &str, value: &str) -> Scene {
        self.request.kickstart = self.request.kickstart.replace(word, value);
        self
    }
}

#[tokio::test]
async fn a_repository_of_a_web_server_is_used() {
    let (_temp, repo, scene) = net("--baseurl=SERVER/");
    let server = Server::of(&repo.folder);
    let scene = scene.with("SERVER", &server.url);

    assert_eq!(picked(&scene).await, "net");

    let asked = server.asked();
    assert!(asked.iter().any(|target| target == "/repodata/repomd.xml"), "{asked:?}");
    assert!(asked.iter().any(|target| target.ends_with("/pick-1-1.noarch.rpm")), "{asked:?}");
}

#[tokio::test]
async fn a_list_of_mirrors_leads_to_one_that_answers() {
    let (_temp, repo, scene) = net("--mirrorlist=SERVER/list");
    let folder = repo.folder.clone();
    let server = Server::start(move |url, asked| match asked.target.strip_prefix("/good") {
        Some(path) => file(&folder, path),
        None if asked.target == "/list" => Some((200, format!("{url}/bad\n{url}/good\n").into_bytes())),
        None => Some((404, Vec::new())),
    });

    assert_eq!(picked(&scene.with("SERVER", &server.url)).await, "net");

    assert!(server.asked().iter().any(|target| target.starts_with("/good/")), "{:?}", server.asked());
}

#[tokio::test]
async fn a_metalink_leads_to_the_repository_it_describes() {
    let (_temp, repo, scene) = net("--metalink=SERVER/meta");
    let index = repo.folder.join("repodata/repomd.xml");
    let sum = tool(&["sha256sum", index.to_str().unwrap()]).split(' ').next().unwrap().to_owned();
    let size = std::fs::metadata(index).unwrap().len();
    let folder = repo.folder.clone();
    let server = Server::start(move |url, asked| {
        match asked.target.strip_prefix("/good") {
        Some(path) => file(&folder, path),
        None => Some((
            200,
            format!(
                "<?xml version=\"1.0\"?><metalink version=\"3.0\" xmlns=\"http://www.metalinker.org/\"><files>\
                 <file name=\"repomd.xml\"><size>{size}</size><verification><hash type=\"sha256\">{sum}</hash>\
                 </verification><resources><url protocol=\"http\" type=\"http\" preference=\"100\">\
                 {url}/good/repodata/repomd.xml</url></resources></file></files></metalink>"
            )
            .into_bytes(),
        )),
    }
    });

    assert_eq!(picked(&scene.with("SERVER", &server.url)).await, "net");

    assert_eq!(server.asked()[0], "/meta");
}

#[tokio::test]
async fn a_proxy_is_asked_with_name_and_password() {
    for (password, comes) in [("secret", true), ("wrong", false)] {
        let (_temp, repo, scene) = net(&format!(
            "--baseurl=http://repo.invalid/x --proxy=SERVER --proxyuser=me --proxypasswd={password} --save"
        ));
        let folder = repo.folder.clone();
        let server = Server::start(move |_, asked| match asked.authorization.as_deref() {
            Some("Basic bWU6c2VjcmV0") => file(&folder, asked.target.strip_prefix("http://repo.invalid/x")?),
            _ => Some((407, Vec::new())),
        });
        let scene = scene.with("SERVER", &server.url);

        if comes {
            assert_eq!(picked(&scene).await, "net");
            let archive = scene.file("demo.tar.gz");
            let saved = tool(&["tar", "-xOzf", archive.to_str().unwrap(), "./etc/yum.repos.d/net.repo"]);
            assert_eq!(saved, "[net]\nname=net\nbaseurl=http://repo.invalid/x\ngpgcheck=0\nenabled=1\n");
        } else {
            let said = scene.reason().await;
            assert!(
                said.starts_with("repository net (line 1) cannot be read at http://repo.invalid/x: ")
                    && said.contains("407")
                    && !said.contains("wrong"),
                "{said}"
            );
        }
        assert_eq!(server.asked()[0], "http://repo.invalid/x/repodata/repomd.xml");
    }
}

/// A web server that speaks TLS with a certificate nobody knows; it ends with the test.
struct Tls {
    process: std::process::Child,
    url: String,
}

impl Tls {
    fn of(folder: &std::path::Path, temp: &std::path::Path) -> Tls {
        let (key, certificate) = (temp.join("tls.key"), temp.join("tls.pem"));
        let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
        let made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"];
        tool(&[&made[..], &["-keyout", key, "-out", certificate]].concat());
        let serve = ["s_server", "-accept", "127.0.0.1:0", "-WWW", "-key", key, "-cert", certificate];
        let mut command = std::process::Command::new("openssl");
        command.args(serve).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
        #[expect(clippy::disallowed_methods, reason = "a server beside the test, which it ends by its id")]
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
        let port =
            lines.filter_map(|line| Some(line.strip_prefix("ACCEPT ")?.rsplit(':').next()?.to_owned()));
        let url = format!("https://127.0.0.1:{}", port.take(1).next().expect("it says where it listens"));
        Tls { process, url }
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_server_nobody_vouches_for_is_used_only_when_the_line_says_so() {
    for (options, comes) in
        [("--ssl_verify=no", true), ("--noverifyssl", true), ("--ssl_verify=yes", false), ("", false)]
    {
        let (temp, repo, scene) = net(&format!("--baseurl=SERVER {options}"));
        let server = Tls::of(&repo.folder, temp.path());
        let scene = scene.with("SERVER", &server.url);

        if comes {
            assert_eq!(picked(&scene).await, "net");
        } else {
            let said = scene.reason().await;
            assert!(said.contains("certificate verification failed"), "{options}: {said}");
        }
    }
}

#[tokio::test]
async fn packages_are_installed_when_the_key_of_their_repository_has_signed_them() {
    let temp = tempfile::tempdir().unwrap();
    let (key, other) = (Key::new(temp.path(), "key"), Key::new(temp.path(), "other"));
    let repo = Repo::new(temp.path(), "signed").package("pick", "1", "signed").signed(&key).indexed("");
    let server = Server::of(temp.path());
    let of = |key: &str| scene(&format!("repo --name=signed --baseurl=FIRST --gpgkey={key}"), &repo, &repo);

    assert_eq!(picked(&of(&format!("file://{}", key.public.display()))).await, "signed");
    assert_eq!(picked(&of(&format!("{}/key.asc", server.url))).await, "signed");

    let wrong = of(&format!("file://{}", other.public.display())).reason().await;
    assert_eq!(wrong, "the signature of a package is not by the --gpgkey of its repository");
}

#[tokio::test]
async fn a_key_that_is_none_is_named_with_its_line() {
    let temp = tempfile::tempdir().unwrap();
    let repo = Repo::new(temp.path(), "plain").package("pick", "1", "x").indexed("");
    let of = |key: &str| scene(&format!("repo --name=plain --baseurl=FIRST --gpgkey={key}"), &repo, &repo);

    assert_eq!(
        of("file:///etc/hostname").reason().await,
        "repository plain (line 1): /etc/hostname is no key: it should hold a PGP PUBLIC KEY BLOCK"
    );
    assert_eq!(
        of("file:///no/such.asc").reason().await,
        "repository plain (line 1): its key /no/such.asc cannot be read here: No such file or directory (os error 2)"
    );
    let key = Key::new(temp.path(), "key");
    let unsigned = of(&format!("file://{}", key.public.display())).reason().await;
    assert_eq!(unsigned, "package pick-1-1.noarch.rpm is not signed, and its repository has a --gpgkey");
}
