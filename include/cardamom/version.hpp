/// @file
/// The one source of the version number; the build system reads these three lines.
#pragma once

#define CARDAMOM_VERSION_MAJOR 0
#define CARDAMOM_VERSION_MINOR 2
#define CARDAMOM_VERSION_PATCH 0
