//! The code blocks of a page of docs/.

use std::path::Path;

/// One block: what stands after its opening fence, and its text.
pub(crate) struct Block {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Returns the blocks of `docs/PAGE` in their order.
pub(crate) fn blocks_of(page: &str) -> Vec<Block> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let page = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(title), None) => open = Some(Block { title: title.into(), text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block does not end");
    blocks
}
