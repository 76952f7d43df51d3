"""A small node language for layered materials: sockets and numbers mix freely, and surfaces can be masked."""

from __future__ import annotations

from typing import Any

import bpy

Tint = tuple[float, float, float]
Socket = bpy.types.NodeSocket


class Graph:
    """Builds one material's node tree from expressions."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()

    def node(self, kind: str, inputs: dict[Any, Any] | None = None, **options: Any) -> bpy.types.Node:
        """Add a node, set its options, and link or set its inputs."""
        node = self.tree.nodes.new(kind)
        for key, value in options.items():
            setattr(node, key, value)
        for key, value in (inputs or {}).items():
            socket = node.inputs[key]
            if isinstance(value, Socket):
                self.tree.links.new(value, socket)
            elif isinstance(value, tuple) and len(value) == 3 and socket.type == "RGBA":
                socket.default_value = (*value, 1.0)
            else:
                socket.default_value = value
        return node

    def math(self, operation: str, *values: float | Socket) -> Socket:
        """One arithmetic step."""
        return self.node("ShaderNodeMath", dict(enumerate(values)), operation=operation).outputs[0]

    def attribute(self, name: str) -> Socket:
        """A float attribute of the mesh."""
        return self.node("ShaderNodeAttribute", attribute_name=name).outputs["Fac"]

    def inside(self, distance: Socket, edge: float = 0.0015) -> Socket:
        """1 where a signed distance is negative, with a soft edge."""
        return self.node("ShaderNodeMapRange", {0: distance, 1: -edge, 2: edge, 3: 1.0, 4: 0.0}).outputs[0]

    def near(self, distance: Socket, width: float, edge: float = 0.0015) -> Socket:
        """1 within `width` of the zero of a signed distance."""
        return self.inside(self.math("SUBTRACT", self.math("ABSOLUTE", distance), width), edge)

    def coordinates(self, kind: str = "Object") -> Socket:
        """Texture coordinates."""
        return self.node("ShaderNodeTexCoord").outputs[kind]

    def split(self, vector: Socket) -> list[Socket]:
        """The x, y and z of a vector."""
        return list(self.node("ShaderNodeSeparateXYZ", {0: vector}).outputs)

    def scaled(self, vector: Socket, scale: Tint) -> Socket:
        """A vector stretched along each axis."""
        return self.node("ShaderNodeMapping", {"Vector": vector, "Scale": scale}).outputs[0]

    def noise(self, scale: float, detail: float = 4.0, vector: Socket | None = None, **inputs: float) -> Socket:
        """Fractal noise between 0 and 1."""
        place = self.coordinates() if vector is None else vector
        node = self.node("ShaderNodeTexNoise", {"Vector": place, "Scale": scale, "Detail": detail, **inputs})
        return node.outputs[0]

    def ramp(self, value: Socket, *stops: tuple[float, Tint], sharp: bool = False) -> Socket:
        """A colour ramp through (position, colour) stops."""
        node = self.node("ShaderNodeValToRGB", {0: value})
        elements = node.color_ramp.elements
        node.color_ramp.interpolation = "CONSTANT" if sharp else "LINEAR"
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, colour) in zip(elements, stops, strict=True):
            element.position, element.color = position, (*colour, 1.0)
        return node.outputs[0]

    def blend(self, factor: float | Socket, first: Tint | Socket, second: Tint | Socket) -> Socket:
        """Mix two colours."""
        return self.node("ShaderNodeMix", {0: factor, 6: first, 7: second}, data_type="RGBA").outputs[2]

    def bump(self, height: Socket, strength: float = 0.3, distance: float = 0.01) -> Socket:
        """A normal bent by a height."""
        return self.node("ShaderNodeBump", {"Height": height, "Strength": strength, "Distance": distance}).outputs[0]

    def surface(self, colour: Tint | Socket, roughness: float | Socket = 0.5, **more: Any) -> Socket:
        """A principled surface; further inputs use underscores for blanks, such as Coat_Weight."""
        inputs = {"Base Color": colour, "Roughness": roughness}
        inputs |= {key.replace("_", " "): value for key, value in more.items()}
        return self.node("ShaderNodeBsdfPrincipled", inputs).outputs[0]

    def mix(self, factor: float | Socket, first: Socket, second: Socket) -> Socket:
        """Mix two surfaces."""
        return self.node("ShaderNodeMixShader", {0: factor, 1: first, 2: second}).outputs[0]

    def clear(self) -> Socket:
        """Nothing at all: fully transparent."""
        return self.node("ShaderNodeBsdfTransparent").outputs[0]

    def pane(self, tint: Tint, roughness: float = 0.0) -> Socket:
        """Thin window glass: tinted, and a mirror at grazing angles."""
        through = self.node("ShaderNodeBsdfTransparent", {0: tint}).outputs[0]
        mirror = self.node("ShaderNodeBsdfGlossy", {"Color": (1, 1, 1), "Roughness": roughness}).outputs[0]
        return self.mix(self.node("ShaderNodeFresnel", {"IOR": 1.6}).outputs[0], through, mirror)

    def done(self, shader: Socket) -> bpy.types.Material:
        """Connect the output and hand back the material."""
        self.node("ShaderNodeOutputMaterial", {"Surface": shader})
        return self.material


def plain(name: str, colour: Tint, roughness: float = 0.5, **more: Any) -> bpy.types.Material:
    """A material of one principled surface."""
    graph = Graph(name)
    return graph.done(graph.surface(colour, roughness, **more))


def chrome(roughness: float = 0.08) -> bpy.types.Material:
    """Polished metal."""
    return plain("chrome", (0.85, 0.86, 0.88), roughness, Metallic=1.0)


def black_rubber() -> bpy.types.Material:
    """Dull black, slightly uneven."""
    graph = Graph("rubber")
    colour = graph.ramp(graph.noise(60.0), (0.3, (0.012, 0.012, 0.013)), (0.8, (0.03, 0.03, 0.03)))
    return graph.done(graph.surface(colour, 0.75))


def glass_pane(tint: Tint = (0.3, 0.34, 0.33)) -> bpy.types.Material:
    """Thin tinted glass."""
    graph = Graph("pane")
    return graph.done(graph.pane(tint))


def glow(colour: Tint, strength: float) -> bpy.types.Material:
    """A light-giving surface."""
    graph = Graph("glow")
    return graph.done(graph.node("ShaderNodeEmission", {"Color": (*colour, 1.0), "Strength": strength}).outputs[0])


def asphalt() -> bpy.types.Material:
    """Grey road surface with grain and faint patches."""
    graph = Graph("asphalt")
    grain, patches = graph.noise(180.0, 3.0), graph.noise(0.9, 5.0)
    dark = graph.ramp(grain, (0.3, (0.035, 0.036, 0.038)), (0.75, (0.13, 0.13, 0.13)))
    colour = graph.blend(graph.math("MULTIPLY", patches, 0.5), dark, (0.10, 0.098, 0.095))
    return graph.done(graph.surface(colour, 0.85, Normal=graph.bump(grain, 0.5, 0.004)))


def meadow() -> bpy.types.Material:
    """Green ground seen from far enough that blades merge."""
    graph = Graph("meadow")
    fine, wide = graph.noise(45.0, 6.0), graph.noise(0.35, 4.0)
    colour = graph.ramp(fine, (0.3, (0.02, 0.05, 0.008)), (0.55, (0.06, 0.12, 0.02)), (0.8, (0.16, 0.2, 0.05)))
    colour = graph.blend(graph.math("MULTIPLY", wide, 0.6), colour, (0.12, 0.13, 0.035))
    return graph.done(graph.surface(colour, 0.9, Normal=graph.bump(fine, 0.9, 0.06)))


def timber(name: str, dark: Tint, light: Tint, roughness: float = 0.45, scale: float = 1.0) -> bpy.types.Material:
    """Wood with its grain along the local x axis."""
    graph = Graph(name)
    along = graph.scaled(graph.coordinates(), (0.6 * scale, 9.0 * scale, 9.0 * scale))
    rings, fibres = graph.noise(2.2, 5.0, along, Distortion=1.4), graph.noise(30.0, 2.0, along)
    value = graph.math("ADD", graph.math("MULTIPLY", rings, 0.8), graph.math("MULTIPLY", fibres, 0.2))
    colour = graph.ramp(value, (0.35, dark), (0.65, light))
    return graph.done(graph.surface(colour, roughness, Normal=graph.bump(value, 0.15, 0.004)))
