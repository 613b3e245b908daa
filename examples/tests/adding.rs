//! Holds docs/adding-a-participant.md: the files it shows are those of `tests/adding`, and they do what it says.

extern crate self as greet; // the crate the page makes

mod blocks;
#[path = "adding/lib.rs"]
mod participant;
#[path = "adding/serve.rs"]
#[expect(dead_code, reason = "it serves until Ctrl-C; here it has to compile")]
mod serve;
#[path = "adding/stories.rs"]
mod stories;

mod once {
    include!("adding/once.rs");

    #[test]
    fn one_workitem_is_answered_without_a_broker() {
        main().unwrap();
    }
}

use std::path::Path;

pub use participant::Greet;

/// A file of the page, and where it is here.
const FILES: [(&str, &str); 6] = [
    ("rust src/lib.rs", "adding/lib.rs"),
    ("json tests/cases/hello/workitem.json", "cases/hello/workitem.json"),
    ("rust tests/stories.rs", "adding/stories.rs"),
    ("json tests/cases/hello/reply.json", "cases/hello/reply.json"),
    ("rust examples/once.rs", "adding/once.rs"),
    ("rust src/main.rs", "adding/serve.rs"),
];

#[test]
fn the_page_shows_the_files_that_are_tested() {
    let blocks = blocks::blocks_of("adding-a-participant.md");
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let shown: Vec<_> = blocks.iter().filter(|block| block.title.contains('.')).collect();
    let titles: Vec<_> = shown.iter().map(|block| block.title.as_str()).collect();
    assert_eq!(titles, FILES.map(|(title, _)| title));
    for (block, (title, file)) in shown.iter().zip(FILES) {
        let tested = std::fs::read_to_string(here.join(file)).unwrap();
        assert_eq!(block.text, tested, "{title}");
    }
}
