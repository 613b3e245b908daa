//! The stories of build_ks; a new one is a folder in `cases`, or in `site` when it needs a store and a build service.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use build_ks::BuildKs;
use imaging::testing::{FixedIndex, MemorySource};
use participant_core::testing::stories_come_true;

const CORE: &str = "# core.ks\nlang en_US.UTF-8\npart / --size 100\n%packages\n@core\n%end\n";

const PHONES: &str = "
Base:
  Language: en_US.UTF-8
  Repos: [core]
  PostScripts: [hello.post]
Configurations:
  - { Name: Phone ARM, FileName: phone-arm, Inherit: [Base], Architecture: armv7hl }
  - { Name: Phone x86, FileName: phone-x86, Inherit: [Base], Architecture: i586 }
";

const REPOS: &str = "
Repositories:
  - { Name: core, Url-rnd: http://rnd.example/@ARCH@/, Url-release: http://repo.example/@ARCH@/@RELEASE@/ }
";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

#[tokio::test]
async fn stories_come_true_without_a_site() {
    stories_come_true(&folder("cases"), &BuildKs::default()).await;
}

#[tokio::test]
async fn stories_come_true_at_a_site() {
    let mut store = MemorySource::of(&[
        ("handset/core.ks", CORE),
        ("phones/core.ks", "lang C\n"),
        ("broken.ks", "prat /\nlang C\n"),
        ("yaml/phones.yaml", PHONES),
        ("yaml/repos.yaml", REPOS),
        ("yaml/broken.yaml", "Configurations:\n  - Name: x\n    StartX: perhaps\n    Groups: none\n"),
        ("yaml/out.yaml", "Configurations:\n  - Name: x\n    PostScripts: [../../etc/passwd]\n"),
        ("yaml/scripts/hello.post", "echo hello\n"),
    ]);
    store.0.insert("bytes.ks".into(), b"lang \xff\n".to_vec());
    let participant = BuildKs {
        include_allowed: false,
        store: Some(Arc::new(store)),
        reposerver: Some("https://repo.example/".into()),
        index: Some(Arc::new(FixedIndex)),
    };
    stories_come_true(&folder("site"), &participant).await;
}

#[test]
fn the_page_shows_what_comes_of_its_example() {
    let page = folder("../../../docs/participants/build_ks.md");
    let page = std::fs::read_to_string(page).unwrap();
    let reply = std::fs::read(folder("site/the-worked-example/reply.json")).unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&reply).unwrap();
    let kickstart = reply["fields"]["image"]["kickstart"].as_str().unwrap();
    let shown: String = kickstart
        .lines()
        .map(|line| format!("{}\n", if line.is_empty() { "" } else { "    " }.to_owned() + line))
        .collect();
    assert!(page.contains(&shown), "it should show\n{shown}");
}
