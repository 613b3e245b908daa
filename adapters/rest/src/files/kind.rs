//! What is in a file, by its name.

/// Returns the type of a file. What a browser could take for a page is bytes.
pub(super) fn kind(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "log" | "ks" | "packages" | "sha256" | "txt" | "manifest" | "xml" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "gz" | "tgz" => "application/gzip",
        "bz2" => "application/x-bzip2",
        "xz" => "application/x-xz",
        "zst" => "application/zstd",
        "zip" => "application/zip",
        "tar" => "application/x-tar",
        "iso" => "application/x-iso9660-image",
        "qcow2" => "application/x-qemu-disk",
        _ => "application/octet-stream",
    }
}
