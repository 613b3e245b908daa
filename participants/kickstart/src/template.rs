//! What a kickstart says of itself in comments, for those who choose one from a list.

use crate::document::Kickstart;
use crate::lines::lines;

/// The headers of a template: comments `# Name: value` above its first section.
///
/// ```
/// use img_kickstart::Kickstart;
///
/// let ks = Kickstart::parse("# DisplayName: Phone @RELEASE@\n# SuggestedFeatures: ssh, tools\nlang C\n");
/// let template = ks.template();
/// assert_eq!(template.display_name.as_deref(), Some("Phone @RELEASE@"));
/// assert_eq!(template.suggested_features, ["ssh", "tools"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Template {
    /// `DisplayName`: what it is called in a list.
    pub display_name: Option<String>,
    /// `KickstartType`: which repositories of features fit.
    pub kickstart_type: Option<String>,
    /// `SuggestedArchitecture`, in rpm's words.
    pub suggested_architecture: Option<String>,
    /// `SuggestedImageType`.
    pub suggested_image_type: Option<String>,
    /// `SuggestedFeatures`, by name.
    pub suggested_features: Vec<String>,
    /// `DeviceModel`: the value of the token DEVICEMODEL.
    pub device_model: Option<String>,
    /// `DeviceVariant`: the value of the token DEVICEVARIANT.
    pub device_variant: Option<String>,
    /// `Brand`: the value of the token BRAND.
    pub brand: Option<String>,
}

impl Kickstart {
    /// Reads the headers; of two with one name the first counts, an empty one is none.
    pub fn template(&self) -> Template {
        let mut template = Template::default();
        for line in lines(self.as_bytes(), 1, 0) {
            let text = String::from_utf8_lossy(line.content());
            let text = text.trim();
            if text.starts_with('%') {
                break; // comments of scripts are about scripts
            }
            let Some((name, value)) = text.strip_prefix('#').and_then(|comment| comment.split_once(':'))
            else {
                continue;
            };
            let value = value.trim();
            if !value.is_empty() {
                template.take(name.trim(), value);
            }
        }
        template
    }
}

impl Template {
    fn take(&mut self, name: &str, value: &str) {
        let field = match name {
            "DisplayName" => &mut self.display_name,
            "KickstartType" => &mut self.kickstart_type,
            "SuggestedArchitecture" => &mut self.suggested_architecture,
            "SuggestedImageType" => &mut self.suggested_image_type,
            "DeviceModel" => &mut self.device_model,
            "DeviceVariant" => &mut self.device_variant,
            "Brand" => &mut self.brand,
            "SuggestedFeatures" if self.suggested_features.is_empty() => {
                let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
                self.suggested_features = names.map(str::to_owned).collect();
                return;
            }
            _ => return,
        };
        field.get_or_insert_with(|| value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use crate::Kickstart;

    #[test]
    fn only_headers_above_the_first_section_count() {
        let text = "#DisplayName:  One: two \r\n# DisplayName: other\n# Brand:\nlang C # DeviceModel: x\n%post\n# Brand: y\n%end\n";
        let template = Kickstart::parse(text).template();
        assert_eq!(template.display_name.as_deref(), Some("One: two"));
        assert_eq!((template.brand, template.device_model), (None, None));
        assert_eq!(Kickstart::parse(b"# Brand: \xff\n").template().brand.as_deref(), Some("\u{fffd}"));
    }
}
