"""The shared studio: surroundings, light, camera and rendering; shapes and materials are re-exported.

A scene module writes `from scenes import studio as s` and uses `s.box`, `s.wood`, `s.camera` and so on.
Scale is free (one unit is often 10 cm for tabletop things, 1 m outdoors); z is up, angles in degrees.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import cos, radians, sin
from pathlib import Path

import bpy
from mathutils import Vector

from scenes.curves import extrude, spline, text, tube  # noqa: F401 (re-exported)
from scenes.materials import (  # noqa: F401 (re-exported)
    Colour,
    Shader,
    ceramic,
    cloth,
    glass,
    linear,
    material,
    metal,
    paper,
    plastic,
    speckled,
    wood,
)
from scenes.objects import (  # noqa: F401 (re-exported)
    Point,
    add,
    displace,
    group,
    place,
    rounded,
    soften,
    thicken,
)
from scenes.picture import Picture  # noqa: F401 (re-exported)
from scenes.shapes import (  # noqa: F401 (re-exported)
    box,
    cylinder,
    lathe,
    mesh,
    sphere,
    torus,
)


def reset() -> None:
    """Empty the scene and set a faint grey world."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    bpy.context.scene.world = world
    ambient("#ffffff", 0.15)


def ambient(colour: Colour, strength: float) -> None:
    """Light the scene evenly from all sides."""
    background = bpy.context.scene.world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = linear(colour)
    background.inputs["Strength"].default_value = strength


def tabletop(
    surface: bpy.types.Material | None = None,
    wall: Colour | bpy.types.Material = "#b9b4aa",
    depth: float = 6.0,
    size: float = 30.0,
) -> None:
    """Lay a table top (z = 0, wood unless told) with a plain wall `depth` units behind the origin (+y)."""
    if surface is None:
        surface = wood()
    if not isinstance(wall, bpy.types.Material):
        wall = material(wall, 0.9, variation=0.05, variation_scale=0.5, bump=0.1, bump_scale=30)
    box((size, size, 0.4), surface, (0, depth - size / 2 - 0.3, -0.2), bevel=0.02)
    box((size * 2, 0.2, size), wall, (0, depth + 0.1, 0))


def backdrop(colour: Colour | bpy.types.Material = "#e8e6e1", depth: float = 5.0, size: float = 40.0) -> None:
    """Make a photo studio's seamless paper: a floor at z = 0 that curves up into a wall behind (+y)."""
    if not isinstance(colour, bpy.types.Material):
        colour = material(colour, 0.8)
    radius = depth * 0.5
    arc = [(depth - radius + radius * sin(radians(a)), radius - radius * cos(radians(a))) for a in range(0, 91, 5)]
    line = [(-size / 2, 0.0), *arc, (depth, size / 2)]
    vertices = [(x, y, z) for x in (-size / 2, size / 2) for y, z in line]
    n = len(line)
    mesh(vertices, [(i, i + 1, n + i + 1, n + i) for i in range(n - 1)], colour, smooth=True)


def area_light(position: Point, target: Point, size: float, power: float, colour: Colour = "#ffffff") -> None:
    """Hang a square soft light of `size` that shines from position towards target (power in watts)."""
    data = bpy.data.lights.new("area", "AREA")
    data.energy, data.size, data.color = power, size, linear(colour)[:3]
    lamp = add(data, None, position)
    lamp.rotation_euler = (Vector(target) - Vector(position)).to_track_quat("-Z", "Y").to_euler()


def point_light(position: Point, power: float, colour: Colour = "#ffffff", radius: float = 0.1) -> None:
    """Put a small lamp that shines to all sides."""
    data = bpy.data.lights.new("point", "POINT")
    data.energy, data.shadow_soft_size, data.color = power, radius, linear(colour)[:3]
    add(data, None, position)


def studio_light(strength: float = 1.0, side: float = -1.0, warmth: float = 0.3, scale: float = 1.0) -> None:
    """Light a tabletop about the origin (things of 1 to 3 units * scale): window-like key, fill and rim.

    `side` -1 puts the key light left, 1 right; `warmth` 0 is neutral, 1 like a warm lamp.
    """
    key = [1.0, 1.0 - 0.18 * warmth, 1.0 - 0.4 * warmth]
    power = strength * scale**2
    area_light((side * 4.5 * scale, -2.5 * scale, 5 * scale), (0, 0, 0.5), 2.6 * scale, 620 * power, key)
    area_light((-side * 6 * scale, -4 * scale, 3 * scale), (0, 0, 0.5), 4.5 * scale, 220 * power, "#e4eeff")
    area_light((-side * 2.5 * scale, 4 * scale, 5 * scale), (0, 0, 0.3), 2 * scale, 260 * power)


def sky(
    sun_elevation: float = 35.0,
    sun_direction: float = -130.0,
    strength: float = 0.12,
    *,
    dust: float = 1.0,
    sun_size: float = 1.2,
    sun_intensity: float = 0.7,
) -> None:
    """Light the scene by a physical clear sky with its sun.

    `sun_direction` is the compass side where the sun stands, in degrees from +x towards +y (-90 is behind
    a camera that looks along +y).
    """
    tree = bpy.context.scene.world.node_tree
    node = tree.nodes.new("ShaderNodeTexSky")
    node.sky_type = "NISHITA"
    node.sun_elevation, node.sun_rotation = radians(sun_elevation), radians(90 - sun_direction)
    node.dust_density, node.sun_size, node.sun_intensity = dust, radians(sun_size), sun_intensity
    background = tree.nodes["Background"]
    tree.links.new(node.outputs["Color"], background.inputs["Color"])
    background.inputs["Strength"].default_value = strength


def camera(
    position: Point,
    target: Point,
    focal_mm: float = 50.0,
    f_stop: float | None = None,
    focus: Point | None = None,
    roll: float = 0.0,
) -> None:
    """Set the camera (36 mm sensor). `f_stop` blurs what is out of focus; focus is the target unless told.

    One unit counts as one metre for the blur, so tabletop scenes want f-stops of 0.5 to 2.
    """
    data = bpy.data.cameras.new("camera")
    data.lens, data.sensor_fit = focal_mm, "AUTO"
    eye = add(data, None, position)
    direction = Vector(target) - Vector(position)
    turn = direction.to_track_quat("-Z", "Y").to_matrix().to_4x4()
    eye.rotation_euler = turn.to_euler()
    eye.rotation_euler.rotate_axis("Z", radians(roll))
    if f_stop is not None:
        data.dof.use_dof, data.dof.aperture_fstop = True, f_stop
        data.dof.focus_distance = (Vector(focus or target) - Vector(position)).length
    data.clip_end = 5000
    bpy.context.scene.camera = eye


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Blender's progress lines, which its C++ side writes, out of the standard output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def render(
    path: str | Path,
    width: int = 800,
    height: int = 600,
    samples: int = 64,
    *,
    seed: int = 1,
    transparent: bool = False,
    look: str = "AgX - Medium High Contrast",
    exposure: float = 0.0,
    threads: int | None = None,
    bounces: int = 8,
) -> None:
    """Render the scene to an 8-bit PNG with Cycles on the CPU, denoised."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.seed = "CPU", samples, seed
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, 0.02
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.max_bounces = cycles.transmission_bounces = bounces + 4
    cycles.transparent_max_bounces = 8
    cycles.diffuse_bounces, cycles.glossy_bounces = 4, 4
    cycles.sample_clamp_indirect = 6.0
    cycles.blur_glossy = 0.5
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = transparent
    scene.render.threads_mode, scene.render.threads = "FIXED", threads or min(2, os.cpu_count() or 1)
    settings = scene.render.image_settings
    settings.file_format, settings.color_depth = "PNG", "8"
    settings.color_mode = "RGBA" if transparent else "RGB"
    scene.view_settings.view_transform = "Standard" if look == "Standard" else "AgX"
    scene.view_settings.look = "None" if look == "Standard" else look
    scene.view_settings.exposure = exposure
    scene.render.filepath = str(path)
    with _silence():
        bpy.ops.render.render(write_still=True)
