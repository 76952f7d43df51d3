"""Procedural materials, all made of Blender's shader nodes; colours are "#rrggbb" or linear (r, g, b)."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

Colour = str | Sequence[float]
Socket = bpy.types.NodeSocket


def linear(colour: Colour) -> tuple[float, float, float, float]:
    """Give a colour as linear RGBA, the form that shader sockets take."""
    if not isinstance(colour, str):
        red, green, blue = colour[:3]
        return red, green, blue, 1.0
    channels = [int(colour.lstrip("#")[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue, 1.0


class Shader:
    """A material under construction: one Principled shader and the nodes that feed it."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.nodes = self.material.node_tree.nodes
        self.principled = self.nodes["Principled BSDF"]

    def node(self, kind: str, **values: object) -> bpy.types.ShaderNode:
        """Add a node; keywords set its properties, or the inputs called so (underscores for spaces)."""
        node = self.nodes.new(kind)
        for key, value in values.items():
            if hasattr(node, key):
                setattr(node, key, value)
            else:
                node.inputs[key.replace("_", " ")].default_value = value
        return node

    def link(self, source: Socket, target: Socket) -> None:
        """Join an output socket to an input socket."""
        self.material.node_tree.links.new(source, target)

    def set(self, **values: object) -> None:
        """Set inputs of the Principled shader by name (underscores for spaces)."""
        for key, value in values.items():
            self.principled.inputs[key.replace("_", " ")].default_value = value

    def coordinates(self, stretch: Sequence[float] = (1, 1, 1), space: str = "Object") -> Socket:
        """Give texture coordinates of the object ("Object", or "Generated" for 0..1 over its bounds)."""
        mapping = self.node("ShaderNodeMapping")
        mapping.inputs["Scale"].default_value = stretch
        self.link(self.node("ShaderNodeTexCoord").outputs[space], mapping.inputs["Vector"])
        return mapping.outputs["Vector"]

    def noise(
        self, scale: float, detail: float = 4, distortion: float = 0, stretch: Sequence[float] = (1, 1, 1)
    ) -> Socket:
        """Give a noise value 0..1; a larger scale is finer."""
        node = self.node("ShaderNodeTexNoise", Scale=scale, Detail=detail, Distortion=distortion)
        self.link(self.coordinates(stretch), node.inputs["Vector"])
        return node.outputs["Fac"]

    def ramp(self, value: Socket, stops: Sequence[tuple[float, Colour]]) -> Socket:
        """Turn a value into a colour by (position, colour) stops."""
        node = self.node("ShaderNodeValToRGB")
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(1.0)
        for element, (position, colour) in zip(elements, stops, strict=True):
            element.position, element.color = position, linear(colour)
        self.link(value, node.inputs["Fac"])
        return node.outputs["Color"]

    def colour(self, socket: Socket) -> None:
        """Feed the base colour."""
        self.link(socket, self.principled.inputs["Base Color"])

    def bump(self, height: Socket, strength: float, distance: float = 0.01) -> None:
        """Roughen the surface by a height value; distance is in scene units."""
        node = self.node("ShaderNodeBump", Strength=strength, Distance=distance)
        self.link(height, node.inputs["Height"])
        self.link(node.outputs["Normal"], self.principled.inputs["Normal"])


def material(
    colour: Colour,
    roughness: float = 0.5,
    metallic: float = 0.0,
    *,
    transmission: float = 0.0,
    ior: float = 1.45,
    coat: float = 0.0,
    subsurface: float = 0.0,
    sheen: float = 0.0,
    emission: float = 0.0,
    variation: float = 0.0,
    variation_scale: float = 4.0,
    bump: float = 0.0,
    bump_scale: float = 40.0,
    bump_distance: float = 0.01,
) -> bpy.types.Material:
    """Make a plain material; `variation` lightens and darkens it in patches, `bump` roughens it."""
    shader = Shader("material")
    base = linear(colour)
    shader.set(
        Base_Color=base,
        Roughness=roughness,
        Metallic=metallic,
        IOR=ior,
        Transmission_Weight=transmission,
        Coat_Weight=coat,
        Coat_Roughness=0.06,
        Subsurface_Weight=subsurface,
        Subsurface_Scale=0.05,
        Sheen_Weight=sheen,
        Emission_Color=base,
        Emission_Strength=emission,
    )
    if variation:
        dark = [c * (1 - variation) for c in base[:3]]
        light = [min(1.0, c * (1 + variation)) for c in base[:3]]
        shader.colour(shader.ramp(shader.noise(variation_scale), [(0.35, dark), (0.65, light)]))
    if bump:
        shader.bump(shader.noise(bump_scale), bump, bump_distance)
    return shader.material


def wood(
    light: Colour = "#b07a48",
    dark: Colour = "#6f4425",
    scale: float = 1.0,
    roughness: float = 0.45,
    coat: float = 0.15,
    along: int = 0,
) -> bpy.types.Material:
    """Wood with grain along an axis (0 x, 1 y, 2 z) of the object."""
    shader = Shader("wood")
    stretch = [7.0 * scale] * 3
    stretch[along] = 0.45 * scale
    rings = shader.noise(1.1, detail=3, distortion=1.2, stretch=stretch)
    fibre = shader.noise(9, detail=6, stretch=[v * (1.0 if i == along else 3.0) for i, v in enumerate(stretch)])
    mix = shader.node("ShaderNodeMath", operation="MULTIPLY_ADD")
    mix.inputs[1].default_value = 0.35
    shader.link(fibre, mix.inputs[0])
    shader.link(rings, mix.inputs[2])
    middle = [(a + b) / 2 for a, b in zip(linear(light), linear(dark), strict=True)]
    shader.colour(shader.ramp(mix.outputs["Value"], [(0.42, dark), (0.6, middle), (0.85, light)]))
    shader.set(Roughness=roughness, Coat_Weight=coat, Coat_Roughness=0.25)
    shader.bump(fibre, 0.15, 0.004)
    return shader.material


def cloth(colour: Colour, scale: float = 60.0, bump: float = 0.5) -> bpy.types.Material:
    """Woven cloth: two crossed waves as threads, dull and slightly fuzzy."""
    shader = Shader("cloth")
    heights = []
    for direction in ("X", "Y"):
        wave = shader.node("ShaderNodeTexWave", bands_direction=direction, Scale=scale, Distortion=0.6, Detail=1)
        shader.link(shader.coordinates(), wave.inputs["Vector"])
        heights.append(wave.outputs["Fac"])
    weave = shader.node("ShaderNodeMath", operation="MULTIPLY")
    for i, height in enumerate(heights):
        shader.link(height, weave.inputs[i])
    base = linear(colour)
    shader.colour(shader.ramp(weave.outputs["Value"], [(0.0, [c * 0.72 for c in base[:3]]), (0.8, base)]))
    shader.set(Roughness=0.95, Sheen_Weight=0.25)
    shader.bump(weave.outputs["Value"], bump, 0.01)
    return shader.material


def speckled(
    stops: Sequence[tuple[float, Colour]],
    scale: float = 6.0,
    roughness: float = 0.4,
    *,
    coat: float = 0.0,
    subsurface: float = 0.0,
    bump: float = 0.0,
    bump_scale: float = 60.0,
    stretch: Sequence[float] = (1, 1, 1),
    detail: float = 4,
) -> bpy.types.Material:
    """Several colours mixed by noise, such as the skin of fruit or stone; stops lie at about 0.3..0.7."""
    shader = Shader("speckled")
    shader.colour(shader.ramp(shader.noise(scale, detail=detail, stretch=stretch), stops))
    shader.set(Roughness=roughness, Coat_Weight=coat, Subsurface_Weight=subsurface, Subsurface_Scale=0.05)
    if bump:
        shader.bump(shader.noise(bump_scale), bump, 0.01)
    return shader.material


def ceramic(colour: Colour = "#f4f1ea", roughness: float = 0.12) -> bpy.types.Material:
    """Glazed ceramic."""
    return material(colour, roughness, coat=0.6, subsurface=0.05, bump=0.02, bump_scale=4)


def metal(colour: Colour = "#c9cbd0", roughness: float = 0.25, bump: float = 0.03) -> bpy.types.Material:
    """Bare metal, slightly uneven."""
    return material(colour, roughness, 1.0, bump=bump, bump_scale=25)


def glass(colour: Colour = "#ffffff", roughness: float = 0.0, ior: float = 1.45) -> bpy.types.Material:
    """Clear or tinted glass for closed (thick) bodies; also liquids with an ior of 1.33."""
    return material(colour, roughness, transmission=1.0, ior=ior)


def paper(colour: Colour = "#f3efe4") -> bpy.types.Material:
    """Matt paper or card with a fine tooth."""
    return material(colour, 0.75, variation=0.04, variation_scale=3, bump=0.08, bump_scale=220)


def plastic(colour: Colour, roughness: float = 0.3) -> bpy.types.Material:
    """Moulded plastic."""
    return material(colour, roughness, bump=0.02, bump_scale=120)
