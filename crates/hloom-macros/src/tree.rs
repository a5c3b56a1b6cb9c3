//! The implementation of `hloom::Tree` for a struct or an enum: what `visit` shows and `rebuild` makes of each
//! field. Knows the methods of the trait and of its visitor.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, GenericParam, Member, Result, Type};

use crate::attributes::{self, Errors};
use crate::generics;

/// Implements the trait.
///
/// All generated tokens have the hygiene of `macro_rules`: nothing that the type names is taken for `visitor`,
/// `arrays` or a field's binding, and `self` is the same everywhere.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let shape = Shape::of(input)?;
    let lifetime = generics::unused_lifetime(input);
    let generics = generics::bounded(&input.generics, shape.tree_types());
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let name = &input.ident;
    let (visit, rebuild) = (shape.visit(), shape.rebuild());
    Ok(quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #impl_generics ::hloom::Tree for #name #ty_generics #where_clause {
            fn visit<#lifetime>(&#lifetime self, visitor: &mut ::hloom::Visitor<#lifetime>) {
                #visit
            }

            fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                #rebuild
            }
        }
    })
}

/// What the type is made of.
enum Shape<'a> {
    Struct(Variant<'a>),
    Enum(Vec<Variant<'a>>),
}

/// A struct or a variant of an enum.
struct Variant<'a> {
    /// `Self`, or `Self::Name`.
    path: TokenStream,
    fields: Vec<Field<'a>>,
}

struct Field<'a> {
    member: Member,
    ty: &'a Type,
    is_static: bool,
    /// A reference to the field's value.
    place: TokenStream,
}

impl<'a> Shape<'a> {
    /// Reads the type, and finds everything that is wrong with it.
    fn of(input: &'a DeriveInput) -> Result<Shape<'a>> {
        const WHOLE: &str = "mark its static fields, or pass it in a `hloom::Static`";
        let span = Span::mixed_site();
        let mut errors = Errors::default();
        for param in &input.generics.params {
            let attributes = match param {
                GenericParam::Const(param) => &param.attrs,
                GenericParam::Lifetime(param) => &param.attrs,
                GenericParam::Type(param) => &param.attrs,
            };
            errors.take(attributes::refuse(attributes, "a generic parameter", "mark the static fields"));
        }
        let shape = match &input.data {
            Data::Struct(data) => {
                errors.take(attributes::refuse(&input.attrs, "a struct", WHOLE));
                Shape::Struct(Variant {
                    path: quote_spanned!(span=> Self),
                    fields: fields(&data.fields, &mut errors, |_, member, span| quote_spanned!(span=> &self.#member)),
                })
            }
            Data::Enum(data) => {
                errors.take(attributes::refuse(&input.attrs, "an enum", WHOLE));
                let variants = data.variants.iter().map(|variant| {
                    errors.take(attributes::refuse(&variant.attrs, "a variant", "mark its static fields"));
                    let name = &variant.ident;
                    Variant {
                        path: quote_spanned!(span=> Self::#name),
                        fields: fields(&variant.fields, &mut errors, |idx, _, span| {
                            let binding = format_ident!("field_{idx}", span = span);
                            quote_spanned!(span=> #binding)
                        }),
                    }
                });
                Shape::Enum(variants.collect())
            }
            Data::Union(data) => {
                let text = "a union cannot be a tree, as nothing tells which field holds its value: expected a struct \
                            or an enum";
                return Err(Error::new(data.union_token.span, text));
            }
        };
        errors.finish().map(|()| shape)
    }

    /// The types that must be trees.
    fn tree_types(&self) -> impl Iterator<Item = &'a Type> {
        let variants = match self {
            Shape::Struct(variant) => std::slice::from_ref(variant),
            Shape::Enum(variants) => variants,
        };
        let fields = variants.iter().flat_map(|variant| &variant.fields);
        fields.filter(|field| !field.is_static).map(|field| field.ty)
    }

    /// The body of `visit`.
    fn visit(&self) -> TokenStream {
        let span = Span::mixed_site();
        match self {
            Shape::Struct(variant) => variant.show(),
            Shape::Enum(variants) => choose(variants.iter().enumerate().map(|(idx, variant)| {
                let tag = Literal::usize_unsuffixed(idx);
                let (pattern, fields) = (variant.pattern(), variant.show());
                quote_spanned!(span=> #pattern => { visitor.tag(#tag); #fields })
            })),
        }
    }

    /// The body of `rebuild`.
    fn rebuild(&self) -> TokenStream {
        let span = Span::mixed_site();
        match self {
            Shape::Struct(variant) => variant.rebuild(),
            Shape::Enum(variants) => choose(variants.iter().map(|variant| {
                let (pattern, value) = (variant.pattern(), variant.rebuild());
                quote_spanned!(span=> #pattern => #value,)
            })),
        }
    }
}

/// A match over the variants. A reference has a value even where its type has none, so an enum without
/// variants is matched itself.
fn choose(arms: impl ExactSizeIterator<Item = TokenStream>) -> TokenStream {
    let span = Span::mixed_site();
    let value = if arms.len() == 0 { quote_spanned!(span=> *self) } else { quote_spanned!(span=> self) };
    quote_spanned!(span=> match #value { #(#arms)* })
}

/// The fields of a struct or a variant. `place` says where the value of the field of an index and a name is;
/// its tokens stand at a span.
fn fields<'a>(
    fields: &'a Fields,
    errors: &mut Errors,
    place: impl Fn(usize, &Member, Span) -> TokenStream,
) -> Vec<Field<'a>> {
    let fields = fields.iter().zip(fields.members()).enumerate().map(|(idx, (field, member))| Field {
        is_static: errors.take(attributes::is_static(&field.attrs)).unwrap_or(false),
        place: place(idx, &member, span_of(&field.ty)),
        ty: &field.ty,
        member,
    });
    fields.collect()
}

/// Where a field's type is written: there the compiler shows that it is no tree.
fn span_of(ty: &Type) -> Span {
    Span::mixed_site().located_at(ty.span())
}

impl Variant<'_> {
    /// A pattern that binds each field to its place. Braces fit tuples and units as well.
    fn pattern(&self) -> TokenStream {
        let path = &self.path;
        let members = self.fields.iter().map(|field| &field.member);
        let places = self.fields.iter().map(|field| &field.place);
        quote_spanned!(Span::mixed_site()=> #path { #(#members: #places,)* })
    }

    /// Shows every field to the visitor.
    fn show(&self) -> TokenStream {
        self.fields.iter().map(Field::show).collect()
    }

    /// The value with other arrays.
    fn rebuild(&self) -> TokenStream {
        let path = &self.path;
        let members = self.fields.iter().map(|field| &field.member);
        let values = self.fields.iter().map(Field::rebuild);
        quote_spanned!(Span::mixed_site()=> #path { #(#members: #values,)* })
    }
}

impl Field<'_> {
    fn show(&self) -> TokenStream {
        let Field { member, ty, is_static, place } = self;
        let span = span_of(ty);
        match member {
            Member::Named(name) => {
                let name = name.unraw().to_string();
                match is_static {
                    true => quote_spanned!(span=> visitor.static_field(#name, #place);),
                    false => quote_spanned!(span=> visitor.field::<#ty>(#name, #place);),
                }
            }
            Member::Unnamed(idx) => {
                let idx = Literal::u32_unsuffixed(idx.index);
                match is_static {
                    true => quote_spanned!(span=> visitor.static_item(#idx, #place);),
                    false => quote_spanned!(span=> visitor.item::<#ty>(#idx, #place);),
                }
            }
        }
    }

    /// The types are explicit because a number is a tree of itself and of an array.
    fn rebuild(&self) -> TokenStream {
        let Field { ty, is_static, place, .. } = self;
        let span = span_of(ty);
        if *is_static {
            quote_spanned!(span=> ::core::clone::Clone::clone(#place))
        } else {
            quote_spanned!(span=> <#ty as ::hloom::Tree<#ty>>::rebuild(#place, arrays))
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use syn::parse_str;

    use super::*;

    /// Rust's text without what formatting decides, and a line for each statement.
    fn plain(text: &str) -> String {
        let words: String = text.split_whitespace().collect();
        words.replace('{', "{\n").replace(';', ";\n").replace('}', "}\n")
    }

    /// Compares the tokens of an implementation.
    fn check(input: &str, expected: &str) {
        let input: DeriveInput = parse_str(input).unwrap();
        let expected: TokenStream = expected.parse().unwrap();
        assert_eq!(plain(&expand(&input).unwrap().to_string()), plain(&expected.to_string()));
    }

    /// Compares the header of an implementation: everything before its methods.
    fn check_header(input: &str, expected: &str) {
        let input: DeriveInput = parse_str(input).unwrap();
        let text = plain(&expand(&input).unwrap().to_string());
        let header = text.lines().next().unwrap();
        assert_eq!(header, plain(&format!("#[automatically_derived]{expected}{{")).trim_end());
    }

    /// Shows each error: what it points to, and what it says.
    fn check_errors(input: &str, expected: Expect) {
        let errors = expand(&parse_str(input).unwrap()).unwrap_err();
        let lines = errors.into_iter().map(|error| {
            let source = error.span().source_text().unwrap_or_default();
            format!("{source}\n    {error}\n")
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn structs() {
        check(
            "struct Layer { weights: NdArray, scale: f64 }",
            r#"
            #[automatically_derived]
            impl ::hloom::Tree for Layer {
                fn visit<'a>(&'a self, visitor: &mut ::hloom::Visitor<'a>) {
                    visitor.field::<NdArray>("weights", &self.weights);
                    visitor.field::<f64>("scale", &self.scale);
                }

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    Self {
                        weights: <NdArray as ::hloom::Tree<NdArray>>::rebuild(&self.weights, arrays),
                        scale: <f64 as ::hloom::Tree<f64>>::rebuild(&self.scale, arrays),
                    }
                }
            }
            "#,
        );
        check(
            "pub(crate) struct Pair(NdArray, Vec<(NdArray, i32)>);",
            r#"
            #[automatically_derived]
            impl ::hloom::Tree for Pair {
                fn visit<'a>(&'a self, visitor: &mut ::hloom::Visitor<'a>) {
                    visitor.item::<NdArray>(0, &self.0);
                    visitor.item::<Vec<(NdArray, i32)> >(1, &self.1);
                }

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    Self {
                        0: <NdArray as ::hloom::Tree<NdArray>>::rebuild(&self.0, arrays),
                        1: <Vec<(NdArray, i32)> as ::hloom::Tree<Vec<(NdArray, i32)> >>::rebuild(&self.1, arrays),
                    }
                }
            }
            "#,
        );
        check(
            "struct Nothing;",
            r#"
            #[automatically_derived]
            impl ::hloom::Tree for Nothing {
                fn visit<'a>(&'a self, visitor: &mut ::hloom::Visitor<'a>) {}

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    Self {}
                }
            }
            "#,
        );
    }

    #[test]
    fn enums() {
        check(
            "enum Step { Rest, Add(NdArray), Scale { by: NdArray, #[tree(static)] mode: Mode } }",
            r#"
            #[automatically_derived]
            impl ::hloom::Tree for Step {
                fn visit<'a>(&'a self, visitor: &mut ::hloom::Visitor<'a>) {
                    match self {
                        Self::Rest {} => {
                            visitor.tag(0);
                        }
                        Self::Add { 0: field_0, } => {
                            visitor.tag(1);
                            visitor.item::<NdArray>(0, field_0);
                        }
                        Self::Scale { by: field_0, mode: field_1, } => {
                            visitor.tag(2);
                            visitor.field::<NdArray>("by", field_0);
                            visitor.static_field("mode", field_1);
                        }
                    }
                }

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    match self {
                        Self::Rest {} => Self::Rest {},
                        Self::Add { 0: field_0, } => Self::Add {
                            0: <NdArray as ::hloom::Tree<NdArray>>::rebuild(field_0, arrays),
                        },
                        Self::Scale { by: field_0, mode: field_1, } => Self::Scale {
                            by: <NdArray as ::hloom::Tree<NdArray>>::rebuild(field_0, arrays),
                            mode: ::core::clone::Clone::clone(field_1),
                        },
                    }
                }
            }
            "#,
        );
        check(
            "enum Never {}",
            r#"
            #[automatically_derived]
            impl ::hloom::Tree for Never {
                fn visit<'a>(&'a self, visitor: &mut ::hloom::Visitor<'a>) {
                    match *self {}
                }

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    match *self {}
                }
            }
            "#,
        );
    }

    #[test]
    fn static_fields_are_shown_and_cloned() {
        check(
            "struct Norm(#[tree(static)] Kind, #[serde(skip)] #[tree(static,)] String);",
            r#"
            #[automatically_derived]
            impl ::hloom::Tree for Norm {
                fn visit<'a>(&'a self, visitor: &mut ::hloom::Visitor<'a>) {
                    visitor.static_item(0, &self.0);
                    visitor.static_item(1, &self.1);
                }

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    Self {
                        0: ::core::clone::Clone::clone(&self.0),
                        1: ::core::clone::Clone::clone(&self.1),
                    }
                }
            }
            "#,
        );
    }

    #[test]
    fn names_are_kept_apart() {
        check(
            "struct Odd<'a, 'a2> { visitor: NdArray, r#type: NdArray, arrays: For<'a, 'a2> }",
            r#"
            #[automatically_derived]
            impl<'a, 'a2> ::hloom::Tree for Odd<'a, 'a2> {
                fn visit<'a3>(&'a3 self, visitor: &mut ::hloom::Visitor<'a3>) {
                    visitor.field::<NdArray>("visitor", &self.visitor);
                    visitor.field::<NdArray>("type", &self.r#type);
                    visitor.field::<For<'a, 'a2> >("arrays", &self.arrays);
                }

                fn rebuild(&self, arrays: &mut ::hloom::Arrays<'_>) -> Self {
                    Self {
                        visitor: <NdArray as ::hloom::Tree<NdArray>>::rebuild(&self.visitor, arrays),
                        r#type: <NdArray as ::hloom::Tree<NdArray>>::rebuild(&self.r#type, arrays),
                        arrays: <For<'a, 'a2> as ::hloom::Tree<For<'a, 'a2> >>::rebuild(&self.arrays, arrays),
                    }
                }
            }
            "#,
        );
        let lifetime = |input| generics::unused_lifetime(&parse_str(input).unwrap()).to_string();
        assert_eq!(lifetime("struct S<'b> { x: For<'b> }"), "'a");
        assert_eq!(lifetime("enum E { X(Box<dyn for<'a> Map<'a>>) }"), "'a2");
        assert_eq!(lifetime("struct S<T>(T) where for<'a> &'a T: Copy;"), "'a2");
    }

    #[test]
    fn type_parameters_are_trees_where_fields_are() {
        check_header("struct S<T> { x: T }", "impl<T: ::hloom::Tree> ::hloom::Tree for S<T>");
        check_header(
            "struct S<T: Debug, U, const N: usize = 2> where U: Eq { x: [Option<T>; N], #[tree(static)] y: U }",
            "impl<T: Debug + ::hloom::Tree, U, const N: usize> ::hloom::Tree for S<T, U, N> where U: Eq",
        );
        check_header(
            "enum E<'x, T = NdArray> { A(&'x str), B { left: Box<E<'x, T>>, right: Vec<(T, T)> } }",
            "impl<'x, T: ::hloom::Tree> ::hloom::Tree for E<'x, T>",
        );
        check_header("struct S<T> { x: module::T, y: ::T }", "impl<T> ::hloom::Tree for S<T>");
    }

    #[test]
    fn associated_types_are_trees_where_fields_are() {
        check_header(
            "struct S<M: Model> { x: Vec<M::Weights> }",
            "impl<M: Model> ::hloom::Tree for S<M> where M::Weights: ::hloom::Tree",
        );
        check_header(
            "struct S<M: Model>(<M as Model>::Weights, <Layer as Model>::Weights) where M: Send;",
            "impl<M: Model> ::hloom::Tree for S<M>
            where M: Send, <M as Model>::Weights: ::hloom::Tree",
        );
        check_header("struct S<M: Model>(#[tree(static)] M::Options);", "impl<M: Model> ::hloom::Tree for S<M>");
    }

    #[test]
    fn attributes_that_are_unknown_are_refused() {
        check_errors(
            "struct S {
                #[tree(skip)] a: i32,
                #[tree] b: i32,
                #[tree()] c: i32,
                #[tree = \"static\"] d: i32,
                #[tree(static = true)] e: i32,
                #[tree(static(a))] f: i32,
                #[tree(static, static)] g: i32,
                #[tree(static)] #[tree(static)] h: i32,
                #[tree(a::b, static)] i: i32,
                #[tree(1)] j: i32,
            }",
            expect![[r#"
                skip
                    unknown attribute `tree(skip)`, expected `#[tree(static)]`
                #[tree]
                    expected `#[tree(static)]`
                #[tree()]
                    expected `#[tree(static)]`
                #[tree = "static"]
                    expected `#[tree(static)]`
                =
                    `static` takes no value, expected `#[tree(static)]`
                (
                    `static` takes no value, expected `#[tree(static)]`
                static
                    `static` is given twice
                #[tree(static)]
                    `static` is given twice
                a::b
                    unknown attribute `tree(a::b)`, expected `#[tree(static)]`
                1
                    unexpected literal in nested attribute, expected ident
            "#]],
        );
    }

    #[test]
    fn attributes_in_wrong_places_are_refused() {
        check_errors(
            "#[tree(static)] struct S(i32);",
            expect![[r#"
            #[tree(static)]
                `#[tree(static)]` belongs on a field, not on a struct: mark its static fields, or pass it in a `hloom::Static`
        "#]],
        );
        check_errors(
            "#[tree(static)] enum E<#[tree(static)] T> { #[tree(static)] A(T), #[tree(skip)] B }",
            expect![[r#"
                #[tree(static)]
                    `#[tree(static)]` belongs on a field, not on a generic parameter: mark the static fields
                #[tree(static)]
                    `#[tree(static)]` belongs on a field, not on an enum: mark its static fields, or pass it in a `hloom::Static`
                #[tree(static)]
                    `#[tree(static)]` belongs on a field, not on a variant: mark its static fields
                skip
                    unknown attribute `tree(skip)`, expected `#[tree(static)]`
            "#]],
        );
        check_errors(
            "#[tree(transparent)] struct S(i32);",
            expect![[r#"
            transparent
                unknown attribute `tree(transparent)`, expected `#[tree(static)]`
        "#]],
        );
    }

    #[test]
    fn unions_are_refused() {
        check_errors(
            "union Bits { int: u32, float: f32 }",
            expect![[r#"
            union
                a union cannot be a tree, as nothing tells which field holds its value: expected a struct or an enum
        "#]],
        );
    }
}
