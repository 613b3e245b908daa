//! What a service writes of a project.

use std::error::Error;

use imaging::{ProjectRepository, RepositoryPath};
use roxmltree::{Document, Node, ParsingOptions};

/// Reads the `_meta` of a project.
pub(crate) fn repositories(text: &str) -> Result<Vec<ProjectRepository>, Box<dyn Error + Send + Sync>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 200_000, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)?;
    let project = document.root_element();
    if !project.has_tag_name("project") {
        return Err(format!("it answers with <{}>, not with a project", project.tag_name().name()).into());
    }
    project.children().filter(|node| node.has_tag_name("repository")).map(repository).collect()
}

fn repository(node: Node<'_, '_>) -> Result<ProjectRepository, Box<dyn Error + Send + Sync>> {
    let attribute = |node: Node<'_, '_>, name: &str| match node.attribute(name) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(format!("<{}> has no {name}", node.tag_name().name())),
    };
    let children = |name: &'static str| node.children().filter(move |child| child.has_tag_name(name));
    let paths = children("path").map(|path| {
        Ok(RepositoryPath {
            project: attribute(path, "project")?,
            repository: attribute(path, "repository")?,
        })
    });
    Ok(ProjectRepository {
        name: attribute(node, "name")?,
        paths: paths.collect::<Result<_, String>>()?,
        arches: children("arch").filter_map(|arch| Some(arch.text()?.trim().to_owned())).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::repositories;

    #[test]
    fn what_is_no_project_is_named() {
        let bomb = "<!DOCTYPE p [<!ENTITY a \"aaaa\">]><project><repository name=\"&a;\"/></project>";
        for (text, words) in [
            ("", "root node"),
            ("<html><body/></html>", "it answers with <html>, not with a project"),
            ("<project><repository/></project>", "<repository> has no name"),
            (
                "<project><repository name='a'><path project='x'/></repository></project>",
                "<path> has no repository",
            ),
            (bomb, "DTD"),
        ] {
            let error = repositories(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
        assert_eq!(repositories("<project name='x'/>").unwrap(), []);
    }
}
