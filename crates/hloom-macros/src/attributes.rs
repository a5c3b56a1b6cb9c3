//! The attribute `#[tree(static)]`: where it stands, and what is wrong with it. Knows nothing about the code
//! that is generated.

use syn::{Attribute, Error, Meta, Path, Result, Token};

/// Errors of several places, so that the compiler shows all of them at once.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// The value, or none and one error more.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            errors => *errors = Some(error),
        }
    }

    /// The errors, if there are any.
    pub(crate) fn finish(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Whether the attributes of a field say that it is static.
pub(crate) fn is_static(attributes: &[Attribute]) -> Result<bool> {
    let mut errors = Errors::default();
    let mut is_static = false;
    for attribute in of_tree(attributes) {
        if errors.take(check(attribute)).is_some() && is_static {
            errors.push(Error::new_spanned(attribute, "`static` is given twice"));
        }
        is_static = true;
    }
    errors.finish().map(|()| is_static)
}

/// Refuses the attribute on what is no field.
pub(crate) fn refuse(attributes: &[Attribute], place: &str, instead: &str) -> Result<()> {
    let mut errors = Errors::default();
    for attribute in of_tree(attributes) {
        if errors.take(check(attribute)).is_some() {
            let text = format!("`#[tree(static)]` belongs on a field, not on {place}: {instead}");
            errors.push(Error::new_spanned(attribute, text));
        }
    }
    errors.finish()
}

fn of_tree(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("tree"))
}

/// Checks that an attribute says `static`, and no more.
fn check(attribute: &Attribute) -> Result<()> {
    let Meta::List(list) = &attribute.meta else {
        return Err(Error::new_spanned(attribute, "expected `#[tree(static)]`"));
    };
    let mut n_words = 0;
    list.parse_nested_meta(|meta| {
        n_words += 1;
        if !meta.path.is_ident("static") {
            let text = format!("unknown attribute `tree({})`, expected `#[tree(static)]`", text(&meta.path));
            return Err(meta.error(text));
        }
        if !meta.input.is_empty() && !meta.input.peek(Token![,]) {
            return Err(meta.input.error("`static` takes no value, expected `#[tree(static)]`"));
        }
        if n_words > 1 { Err(meta.error("`static` is given twice")) } else { Ok(()) }
    })?;
    if n_words == 0 { Err(Error::new_spanned(attribute, "expected `#[tree(static)]`")) } else { Ok(()) }
}

fn text(path: &Path) -> String {
    let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    words.join("::")
}
