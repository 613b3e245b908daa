//! Who may use whom, of this workspace: the table of docs/architecture.md, held against `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// A crate or a group of crates, and what they may use; dev-dependencies follow the same table.
const TABLE: &[(&str, &[&str])] = &[
    ("participant-core", &[]),
    ("imaging", &[]),
    ("img-kickstart", &[]),
    ("job-news", &["participant-core", "imaging"]),
    ("participants/*", &["participant-core", "imaging", "img-kickstart", "job-news"]),
    ("child", &[]),
    ("beneath", &[]),
    ("workbench", &["child", "beneath"]),
    ("place-userns", &["child"]),
    ("place-host", &["child"]),
    ("qemu", &["child"]),
    ("place-vm", &["child", "qemu"]),
    ("package-cache", &["child"]),
    ("tester-vm", &["imaging", "child", "beneath", "workbench", "qemu"]),
    ("disk-format", &["imaging"]),
    ("disk-converter", &["imaging", "child", "beneath", "workbench", "disk-format"]),
    ("builder-dnf", &["imaging", "img-kickstart", "child", "package-cache", "disk-format"]),
    ("builder-mic", &["imaging", "img-kickstart", "child", "package-cache"]),
    ("sqlite-file", &[]),
    ("fuzzing", &[]),
    ("image-format", &["fuzzing"]),
    ("metainfo", &["imaging", "fuzzing"]),
    ("repository", &["imaging", "beneath", "image-format", "metainfo"]),
    ("local-queue", &["participant-core", "sqlite-file"]),
    ("process-engine", &["participant-core", "sqlite-file"]),
    ("job-store-sql", &["imaging", "sqlite-file"]),
    ("http-socket", &[]),
    ("rest", &["imaging", "img-kickstart", "beneath", "http-socket"]),
    ("rest-client", &["imaging"]),
    ("transfer-torrent", &["imaging", "child", "beneath", "metainfo", "http-socket", "fuzzing"]),
    ("web", &["imaging", "img-kickstart", "rest"]),
    ("skynet-amqp", &["participant-core"]),
    ("examples", &["participant-core", "participants/*", "local-queue", "skynet-amqp"]),
    ("wiring", &["participant-core", "imaging", "img-kickstart", "participants/*", "adapters/*"]),
    ("adapters/*", &["imaging", "img-kickstart", "child", "beneath"]),
];

/// One crate of the workspace.
struct Member {
    /// The folder above its own: `participants`, `adapters` or none.
    layer: String,
    uses: BTreeSet<String>,
}

fn members() -> BTreeMap<String, Member> {
    #[expect(clippy::disallowed_methods, reason = "cargo is asked about itself, by a test")]
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let root = metadata["workspace_root"].as_str().expect("a root");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let text = |key: &str| package[key].as_str().expect("a text");
            let folder = text("manifest_path").strip_prefix(root).expect("below the root");
            let parts: Vec<_> = folder.trim_start_matches('/').split('/').collect();
            let layer = if parts.len() == 3 { parts[0].to_owned() } else { String::new() };
            let ours = package["dependencies"]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|used| used["path"].is_string());
            let uses = ours.map(|used| used["name"].as_str().expect("a name").to_owned());
            let name = text("name").to_owned();
            let uses = uses.filter(|used| *used != name).collect();
            (name, Member { layer, uses })
        })
        .collect()
}

fn matches(pattern: &str, name: &str, layer: &str) -> bool {
    pattern == name || pattern.strip_suffix("/*").is_some_and(|folder| folder == layer)
}

#[test]
fn no_crate_uses_more_than_its_row_allows() {
    let members = members();
    assert!(members.len() > 10, "cargo knows the workspace");
    let mut broken = Vec::new();
    for (name, member) in &members {
        let row = TABLE.iter().find(|(who, _)| matches(who, name, &member.layer));
        let (_, allowed) = row.unwrap_or_else(|| panic!("{name} has no row in the table"));
        for used in &member.uses {
            let layer = &members[used].layer;
            if !allowed.iter().any(|pattern| matches(pattern, used, layer)) {
                broken.push(format!("{name} may not use {used}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_row_is_about_somebody() {
    let members = members();
    for (who, _) in TABLE {
        assert!(members.iter().any(|(name, member)| matches(who, name, &member.layer)), "{who} is gone");
    }
}
