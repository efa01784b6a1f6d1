"""The console door."""
