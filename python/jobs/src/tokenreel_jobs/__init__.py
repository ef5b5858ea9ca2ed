"""The product jar of TokenReel, `dist/tokenreel.jar`, for the package `tokenreel` to find. There is nothing to import here."""
