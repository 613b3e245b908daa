//! docs/configuring.md is what the table of keys says.

use std::path::Path;

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuring.md");
    let page = config::page();
    if std::env::var_os("IMG_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/configuring.md is out of date: IMG_WRITE_DOCS=1 cargo test -p config --test page"
    );
    for key in config::keys::all() {
        assert!(page.contains(&format!("`{}`", key.name)), "{}", key.name);
    }
}
