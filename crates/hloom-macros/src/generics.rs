//! Generic parameters of the implementation: their bounds, and a lifetime that is not one of them. Knows the
//! types of fields, and nothing about fields.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use syn::visit::{self, Visit};
use syn::{DeriveInput, Generics, Lifetime, Type, TypePath, parse_quote_spanned};

/// The generic parameters of the type, with what its fields' types need to be trees: `T: Tree` for each type
/// parameter that appears in one, and the same for associated types.
///
/// The bound is on the parameters, as in the standard library's derives, and not on the fields' types: a type
/// that contains itself would then need itself.
pub(crate) fn bounded<'a>(generics: &Generics, types: impl Iterator<Item = &'a Type>) -> Generics {
    let span = Span::mixed_site();
    let params = generics.type_params().map(|param| &param.ident).collect();
    let mut used = Used { params, bare: HashSet::new(), projections: Vec::new() };
    types.for_each(|ty| used.visit_type(ty));
    let Used { bare, projections, .. } = used;

    let mut bounded = generics.clone();
    for param in bounded.type_params_mut().filter(|param| bare.contains(&param.ident)) {
        param.bounds.push(parse_quote_spanned!(span=> ::hloom::Tree));
    }
    if !projections.is_empty() {
        let clause = bounded.make_where_clause();
        for projection in projections {
            clause.predicates.push(parse_quote_spanned!(span=> #projection: ::hloom::Tree));
        }
    }
    bounded
}

/// Which of the type parameters appear in types.
struct Used<'a> {
    params: HashSet<&'a Ident>,
    /// Those that stand alone.
    bare: HashSet<Ident>,
    /// Associated types of them, or of types made of them.
    projections: Vec<&'a TypePath>,
}

impl<'a> Visit<'a> for Used<'a> {
    fn visit_type_path(&mut self, ty: &'a TypePath) {
        if let Some(param) = ty.path.get_ident().filter(|ident| self.params.contains(ident)) {
            self.bare.insert(param.clone());
        } else if !self.is_projection(ty) {
            visit::visit_type_path(self, ty);
        } else {
            self.projections.push(ty);
        }
    }
}

impl<'a> Used<'a> {
    /// Whether a type is `T::Name` or `<… as Trait>::Name` with a type parameter in it.
    fn is_projection(&self, ty: &'a TypePath) -> bool {
        if ty.qself.is_none() {
            let first = ty.path.segments.first().filter(|_| ty.path.leading_colon.is_none());
            return first.is_some_and(|first| self.params.contains(&first.ident));
        }
        let mut inside = Used { params: self.params.clone(), bare: HashSet::new(), projections: Vec::new() };
        visit::visit_type_path(&mut inside, ty);
        !inside.bare.is_empty() || !inside.projections.is_empty()
    }
}

/// A lifetime that the type does not name: `'a`, or `'a2` and so on where that is taken.
pub(crate) fn unused_lifetime(input: &DeriveInput) -> Lifetime {
    let mut names = Names::default();
    names.visit_derive_input(input);
    let mut name = "a".to_owned();
    let mut n = 1;
    while names.0.contains(&name) {
        n += 1;
        name = format!("a{n}");
    }
    Lifetime::new(&format!("'{name}"), Span::mixed_site())
}

#[derive(Default)]
struct Names(HashSet<String>);

impl<'a> Visit<'a> for Names {
    fn visit_lifetime(&mut self, lifetime: &'a Lifetime) {
        self.0.insert(lifetime.ident.to_string());
    }
}
