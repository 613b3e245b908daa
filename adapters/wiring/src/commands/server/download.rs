//! `img download`.

use cli::{DownloadArguments, FileLine, Transfer, result, say, visible};
use imaging::ImageId;
use rest_client::{ClientError, Fetched, Folder, RemoteFile, Server};
use serde_json::{Value, json};

use super::access::server;

/// Fetches files of a job, or lists them.
pub(super) async fn download(arguments: &DownloadArguments) -> Result<u8, ClientError> {
    let (server, id) = (server(&arguments.ask.server)?, Server::id(&arguments.id)?);
    let files = server.files(&id).await?;
    if arguments.list {
        list(&files, arguments.ask.json);
        return Ok(0);
    }
    let chosen = chosen(arguments, &server, &id, files).await?;
    let folder = Folder::open(&arguments.output)?;
    let mut all = Vec::new();
    for file in &chosen {
        let fetched = fetch(&server, &id, file, &folder, arguments.force).await?;
        if arguments.ask.json {
            all.push(json(&fetched));
        } else {
            result(told(&fetched));
        }
    }
    if arguments.ask.json {
        result(format_args!("{:#}", json!({ "files": all })));
    }
    Ok(0)
}

async fn fetch(
    server: &Server,
    id: &ImageId,
    file: &RemoteFile,
    folder: &Folder,
    replace: bool,
) -> Result<Fetched, ClientError> {
    let shown = Transfer::on_stderr(&visible(&file.path));
    let fetched = server.download(id, file, folder, replace, &|have, of| shown.at(have, of)).await;
    shown.ended();
    let fetched = fetched?;
    if !fetched.verified {
        let path = visible(&fetched.path.display().to_string());
        say(format_args!("img: {path} is not verified: the build told no checksum of it"));
    }
    Ok(fetched)
}

/// Finds the files that are meant.
async fn chosen(
    arguments: &DownloadArguments,
    server: &Server,
    id: &ImageId,
    files: Vec<RemoteFile>,
) -> Result<Vec<RemoteFile>, ClientError> {
    if arguments.all && !files.is_empty() {
        return Ok(files);
    }
    if arguments.paths.is_empty() {
        let image = files.into_iter().find(|file| file.is_image);
        if let (Some(image), false) = (image, arguments.all) {
            return Ok(vec![image]);
        }
        let status = server.show(id).await?.line.status;
        let why =
            if status.is_final() { "`img download --list` shows its files" } else { "wait for its end" };
        return Err(ClientError::Missing(format!("{id} has no image to fetch, it is {status}: {why}")));
    }
    let find = |path: &String| {
        files.iter().find(|file| file.path == *path).cloned().ok_or_else(|| {
            ClientError::Missing(format!("{id} has no file {path:?}: `img download --list {id}` shows them"))
        })
    };
    arguments.paths.iter().map(find).collect()
}

fn told(fetched: &Fetched) -> String {
    let (path, size) = (visible(&fetched.path.display().to_string()), cli::size(fetched.size));
    let how = match (fetched.kept, fetched.verified) {
        (kept, _) if kept == fetched.size && kept > 0 => "was there already",
        (0, true) => "verified",
        (0, false) => "not verified",
        (_, true) => "resumed, verified",
        (_, false) => "resumed, not verified",
    };
    format!("{path}  {size}  {how}")
}

fn json(fetched: &Fetched) -> Value {
    json!({
        "file": fetched.path,
        "size": fetched.size,
        "sha256": fetched.sha256,
        "verified": fetched.verified,
        "kept": fetched.kept,
    })
}

fn list(files: &[RemoteFile], json: bool) {
    if json {
        let line = |file: &RemoteFile| json!({ "path": file.path, "size": file.size, "sha256": file.sha256, "is_image": file.is_image });
        let files: Vec<_> = files.iter().map(line).collect();
        return result(format_args!("{:#}", json!({ "files": files })));
    }
    let line = |file: &RemoteFile| FileLine {
        path: file.path.clone(),
        size: file.size,
        has_sum: file.sha256.is_some(),
        is_image: file.is_image,
    };
    cli::print_files(&files.iter().map(line).collect::<Vec<_>>());
}
