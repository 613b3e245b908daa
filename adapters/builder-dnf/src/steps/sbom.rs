//! The list of parts of an image for machines: SPDX 2.3 as JSON; pure.

use std::collections::BTreeMap;

use imaging::ImageName;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::steps::installed::Installed;

const NOBODY_SAYS: &str = "NOASSERTION";

/// Writes the document; `created` is a time such as `2026-11-26T05:31:07Z`.
pub(crate) fn document(name: &ImageName, uuid: Uuid, created: &str, packages: &[Installed]) -> String {
    let mut licences = Licences::default();
    let mut parts = vec![json!({
        "SPDXID": "SPDXRef-Image",
        "name": name.as_str(),
        "downloadLocation": NOBODY_SAYS,
        "filesAnalyzed": false,
        "primaryPackagePurpose": "OPERATING-SYSTEM",
    })];
    let mut relationships = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image")];
    for (number, package) in packages.iter().enumerate() {
        let id = id(number, package);
        relationships.push(relation("SPDXRef-Image", "CONTAINS", &id));
        parts.push(part(&id, package, &mut licences));
    }
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name.as_str(),
        "documentNamespace": format!("urn:uuid:{uuid}"),
        "creationInfo": {
            "created": created,
            "creators": [format!("Tool: img-{}", env!("CARGO_PKG_VERSION"))],
        },
        "packages": parts,
        "relationships": relationships,
        "hasExtractedLicensingInfos": licences.extracted(),
    });
    format!("{document:#}\n")
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

/// Several versions of one package may be installed, so the number keeps them apart.
fn id(number: usize, package: &Installed) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let name: String = package.name.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    format!("SPDXRef-{}-{name}", number + 1)
}

fn part(id: &str, package: &Installed, licences: &mut Licences) -> Value {
    let Installed { name, version, arch, url, licence, vendor, source } = package;
    let mut part = json!({
        "SPDXID": id,
        "name": name,
        "versionInfo": version,
        "downloadLocation": NOBODY_SAYS,
        "filesAnalyzed": false,
        "licenseConcluded": NOBODY_SAYS,
        "licenseDeclared": licences.named(licence),
        "copyrightText": NOBODY_SAYS,
        "supplier": if vendor.is_empty() { NOBODY_SAYS.to_owned() } else { format!("Organization: {vendor}") },
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl(name, version, arch),
        }],
    });
    if is_address(url) {
        part["homepage"] = url.as_str().into();
    }
    if !source.is_empty() && source != "(none)" {
        part["sourceInfo"] = format!("built from {source}").into();
    }
    part
}

/// Tells whether a home page is an address of the web, and not only something like one.
fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.chars().all(fits))
}

/// Writes the address of a package as scanners for weaknesses know it.
fn purl(name: &str, version: &str, arch: &str) -> String {
    let plain = |text: &str| {
        let bytes = text.bytes().map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b".-_~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        bytes.collect::<String>()
    };
    let (epoch, version) = version.split_once(':').map_or(("", version), |(epoch, rest)| (epoch, rest));
    let epoch = if epoch.is_empty() { String::new() } else { format!("&epoch={epoch}") };
    format!("pkg:rpm/{}@{}?arch={}{epoch}", plain(name), plain(version), plain(arch))
}

/// The licences that SPDX does not know, by their names in the document: what the packages say of each.
#[derive(Default)]
struct Licences(BTreeMap<String, String>);

impl Licences {
    fn named(&mut self, licence: &str) -> String {
        if licence.trim().is_empty() {
            return NOBODY_SAYS.to_owned();
        }
        let words = || licence.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
        // of another document, or of a later SPDX; and `LicenseRef-img-` is ours
        let foreign = ["DocumentRef-", "AdditionRef-", "LicenseRef-img-"];
        let is_foreign =
            |word: &str| foreign.iter().any(|sign| word.starts_with(sign)) || word == "or" || word == "and";
        if spdx::Expression::parse(licence).is_ok() && !words().any(is_foreign) {
            for own in words().filter(|word| word.starts_with("LicenseRef-")) {
                self.0.insert(own.to_owned(), own.to_owned());
            }
            return licence.to_owned();
        }
        if let Some((id, _)) = self.0.iter().find(|(_, text)| *text == licence) {
            return id.clone();
        }
        let id = format!("LicenseRef-img-{}", self.0.len() + 1);
        self.0.insert(id.clone(), licence.to_owned());
        id
    }

    fn extracted(&self) -> Vec<Value> {
        let infos = self.0.iter().map(|(id, text)| {
            json!({ "licenseId": id, "name": text, "extractedText": format!("The package says: {text}") })
        });
        infos.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_has_its_licence_and_its_address() {
        let package = |name: &str, version: &str, licence: &str| Installed {
            name: name.into(),
            version: version.into(),
            arch: "x86_64".into(),
            licence: licence.into(),
            ..Installed::default()
        };
        let mut packages = [
            package("gcc-c++", "1:2.0-3", "GPL-2.0-or-later WITH GCC-exception-3.1 AND MIT"),
            package("old_1", "1-1", "GPLv2+"),
            package("old_2", "1-1", "GPLv2+"),
            package("own", "1-1", "(MIT OR LicenseRef-Own)"),
            package("odd", "1-1", "LicenseRef-img-1"),
            package("older", "1-1", "MIT or Apache-2.0"),
        ];
        packages[0].url = "http://a/b?c".into();
        packages[1].url = "http://a/<b>".into();

        let text = document(
            &ImageName::parse("demo").unwrap(),
            Uuid::from_u128(7),
            "2026-11-26T05:31:07Z",
            &packages,
        );

        let said: Value = serde_json::from_str(&text).unwrap();
        let of = |number: usize, key: &str| said["packages"][number][key].as_str().unwrap().to_owned();
        assert_eq!(of(1, "licenseDeclared"), "GPL-2.0-or-later WITH GCC-exception-3.1 AND MIT");
        assert_eq!(
            (of(2, "licenseDeclared"), of(3, "licenseDeclared")),
            ("LicenseRef-img-1".into(), "LicenseRef-img-1".into())
        );
        assert_eq!(of(2, "SPDXID"), "SPDXRef-2-old-1");
        assert_eq!(
            said["packages"][1]["externalRefs"][0]["referenceLocator"],
            "pkg:rpm/gcc-c%2B%2B@2.0-3?arch=x86_64&epoch=1"
        );
        assert_eq!(said["relationships"].as_array().unwrap().len(), 7);
        assert_eq!(
            (said["packages"][1]["homepage"].as_str(), said["packages"][2].get("homepage")),
            (Some("http://a/b?c"), None)
        );
        assert_eq!(
            (of(5, "licenseDeclared"), of(6, "licenseDeclared")),
            ("LicenseRef-img-3".into(), "LicenseRef-img-4".into())
        );
        let infos = said["hasExtractedLicensingInfos"].as_array().unwrap();
        let ids: Vec<_> = infos.iter().map(|info| info["licenseId"].as_str().unwrap()).collect();
        assert_eq!(ids, ["LicenseRef-Own", "LicenseRef-img-1", "LicenseRef-img-3", "LicenseRef-img-4"]);
    }
}
