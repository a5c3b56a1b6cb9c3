//! A program under construction.

use hloom_ir::{Leaf, Node, NodeId, Op, Operands, Program, Result, SourceLine, Type};

use crate::Build;

/// Builds a program, operation by operation.
///
/// # Examples
/// ```
/// use hloom_ir::{Binary, DType, Literal, Type};
/// use hloom_transform::{Build, ProgramBuilder};
///
/// let mut builder = ProgramBuilder::new();
/// let x = builder.input(Type::new(DType::F32, [3]));
/// let two = builder.constant(Literal::new(2f32));
/// let doubled = builder.apply(Binary::Multiply, x, two)?;
/// let program = builder.finish(&[doubled]);
/// program.verify()?;
/// # Ok::<(), hloom_ir::Error>(())
/// ```
#[derive(Debug)]
pub struct ProgramBuilder {
    program: Program,
    line: SourceLine,
}

impl ProgramBuilder {
    /// A builder of an empty program. Its operations have the caller's line.
    #[track_caller]
    #[expect(clippy::new_without_default, reason = "a default would have no caller's line")]
    pub fn new() -> ProgramBuilder {
        ProgramBuilder { program: Program::default(), line: std::panic::Location::caller() }
    }

    /// Gives the operations that follow another line.
    pub fn at(&mut self, line: SourceLine) {
        self.line = line;
    }

    /// An array known before the program runs, behind those there are.
    pub fn input(&mut self, ty: Type) -> NodeId {
        let id = self.add(Leaf::Input.into(), Operands::new(), ty);
        self.program.inputs.push(id);
        id
    }

    /// A number known before the program runs, behind those there are.
    pub fn scalar(&mut self, dtype: hloom_ir::DType) -> NodeId {
        let id = self.add(Leaf::Scalar.into(), Operands::new(), Type::scalar(dtype));
        self.program.scalars.push(id);
        id
    }

    /// What is built so far.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The program that computes some nodes.
    pub fn finish(self, outputs: &[NodeId]) -> Program {
        Program { outputs: outputs.to_vec(), ..self.program }
    }
}

impl Build for ProgramBuilder {
    type Error = hloom_ir::Error;

    fn ty(&self, id: NodeId) -> Result<&Type> {
        let node = self.program.graph.get(id);
        node.map(|node| &node.ty).ok_or_else(|| hloom_ir::Error::internal(format!("{id:?} is not in the program")))
    }

    fn add(&mut self, op: Op, operands: Operands, ty: Type) -> NodeId {
        self.program.graph.add(Node { op, operands, ty, line: self.line, data: () })
    }
}
