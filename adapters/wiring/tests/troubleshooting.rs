//! Holds docs/troubleshooting.md: what it explains is what programs say.

use std::path::Path;

/// Every source file of the workspace, as one text without line breaks in texts.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<_> =
        ["participant-core", "participants", "adapters"].map(|name| root.join(name)).into();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    // a `\` at the end of a line of a text swallows the white space after it
    let mut joined = String::new();
    for (number, part) in text.split("\\\n").enumerate() {
        joined.push_str(if number == 0 { part } else { part.trim_start() });
    }
    joined
}

#[test]
fn every_message_it_explains_is_one_that_is_said() {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/troubleshooting.md"));
    let (page, sources) = (page.unwrap(), sources());
    let messages: Vec<_> =
        page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
    assert!(messages.len() > 20, "{messages:?}");
    let mut headings: Vec<_> = page.lines().filter(|line| line.starts_with('#')).collect();
    headings.sort_unstable();
    let twice: Vec<_> = headings.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
    assert!(twice.is_empty(), "{twice:?} are there twice");
    // two headings that begin alike are about the same message
    let begin =
        |message: &str| message.split('…').next().unwrap_or_default().trim_end_matches([':', ' ']).to_owned();
    let mut begins: Vec<_> =
        messages.iter().map(|message| begin(message)).filter(|begin| !begin.is_empty()).collect();
    begins.sort_unstable();
    let again: Vec<_> = begins.windows(2).filter(|two| two[0] == two[1]).map(|two| &two[0]).collect();
    assert!(again.is_empty(), "{again:?} begin two headings");
    let parts = messages.iter().flat_map(|message| message.split('…')).map(str::trim);
    let unsaid: Vec<_> = parts.filter(|part| !sources.contains(part)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}
