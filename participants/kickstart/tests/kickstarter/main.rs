//! Kickstarts from YAML: whole families as folders, mistakes as rows, and what nobody would write.

mod bombs;
mod cases;
mod changed;
mod laws;
mod mistakes;
mod shelf;
